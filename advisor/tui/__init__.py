"""The screen: a thin face of `advisor.session`. Nothing here imports torch."""
