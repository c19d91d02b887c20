"""The same hundred rules and the same records, judged by `checker` and by its peers: verdicts compared, speed measured."""
