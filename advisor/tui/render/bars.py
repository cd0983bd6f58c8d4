"""Bars of block characters: one figure an eighth of a cell fine, or several stacked."""

from __future__ import annotations

from collections.abc import Sequence

_PARTS = " ▏▎▍▌▋▊▉█"


def bar(fraction: float, width: int) -> str:
    """`fraction` of `width` cells, padded with blanks; what is not nothing shows something."""
    kept = min(max(fraction, 0.0), 1.0)
    eighths = round(kept * width * 8)
    eighths = max(eighths, 1) if kept > 0 else 0
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + (_PARTS[rest] if rest else "")).ljust(width)


def stacked(parts: Sequence[float], largest: float, width: int) -> list[int]:
    """Cells of each part, on a scale on which `largest` is `width` cells.

    Ends are rounded, not lengths, so that the whole is as long as its sum.
    """
    cells: list[int] = []
    total = 0.0
    for part in parts:
        total += part
        cells.append(round(width * total / largest) - sum(cells) if largest > 0 else 0)
    return cells
