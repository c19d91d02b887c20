"""Invented records of a whole city, for the demo and for benchmarks. Every school, plate and figure here is made up."""
