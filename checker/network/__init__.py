"""Patterns + facts → which facts match: durable-rules behind one wrapper, and the process apart in which it may die."""
