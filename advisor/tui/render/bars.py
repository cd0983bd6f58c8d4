"""Bars of block characters, an eighth of a cell fine."""

from __future__ import annotations

_PARTS = " ▏▎▍▌▋▊▉█"


def bar(fraction: float, width: int) -> str:
    """`fraction` of `width` cells, padded with blanks; what is not nothing shows something."""
    kept = min(max(fraction, 0.0), 1.0)
    eighths = round(kept * width * 8)
    eighths = max(eighths, 1) if kept > 0 else 0
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + (_PARTS[rest] if rest else "")).ljust(width)
