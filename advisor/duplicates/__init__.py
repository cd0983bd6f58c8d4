"""Which samples repeat others: equal ones by digest, alike ones by a signature. Free of torch."""

DEFAULT_SIMILARITY = 0.8
LEAST_SIMILARITY = 0.5
"""From which on texts and rows are near duplicates; below half, most of two samples differs."""
