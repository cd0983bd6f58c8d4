"""What a list leaves out and how it is sorted, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.tui.render.line import Line, Span, fit, line

if TYPE_CHECKING:
    from advisor.tui.sieve import Sieve


def filter_text(sieve: Sieve, counted: str, typing: bool, width: int) -> Line:
    parts = [counted]
    if sieve.text.strip() and not typing:
        parts.append(f"with {sieve.text.strip()!r}")
    if sieve.sort is not None:
        way = "largest first ↓" if sieve.descending else "smallest first ↑"
        parts.append(f"by {sieve.sort}, {way}")
    parts.append("type words; Enter keeps, Esc clears" if typing else "/ changes, Esc clears")
    return line(Span(fit(" " + " · ".join(parts), width), "accent"))
