"""Measured ratios: what `checker` costs beside the least that any tool must spend on the same data."""
