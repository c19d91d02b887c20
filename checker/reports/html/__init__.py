"""A finished run and what is told of it → one HTML page that needs nothing else: no network, no script to be read."""
