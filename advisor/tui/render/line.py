"""A line of text as spans with a tone each. Text from outside is made printable here, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from rich.cells import cell_len, chop_cells, set_cell_size

from advisor.units import printable

Tone = Literal[
    "plain", "dim", "good", "bad", "warn", "accent", "title", "hardware", "data", "people", "use"
]
TONES: tuple[Tone, ...] = get_args(Tone)
"""What a span means; the theme decides on a colour, and no meaning is in the colour alone."""
Align = Literal["left", "right"]
ELLIPSIS = "…"


@dataclass(frozen=True)
class Span:
    text: str
    tone: Tone = "plain"


Line = tuple[Span, ...]
BLANK: Line = ()


def span(text: str, tone: Tone = "plain") -> Span:
    return Span(printable(text), tone)


def line(*parts: str | Span) -> Line:
    """A line of plain texts and spans; control characters of either are made visible."""
    return tuple(
        span(part) if isinstance(part, str) else span(part.text, part.tone) for part in parts
    )


def text_of(shown: Line) -> str:
    return "".join(part.text for part in shown)


def width_of(shown: Line) -> int:
    return sum(cell_len(part.text) for part in shown)


def fit(text: str, width: int, align: Align = "left") -> str:
    """`text` in exactly `width` cells: padded, or cut with an ellipsis that says so."""
    shown = printable(text)
    length = cell_len(shown)
    if length > width:
        return set_cell_size(shown, width - 1) + ELLIPSIS if width > 0 else ""
    padding = " " * (width - length)
    return shown + padding if align == "left" else padding + shown


def fit_start(text: str, width: int) -> str:
    """Like `fit`, but the end is kept: the end of a module's path tells more than its start."""
    shown = printable(text)
    if cell_len(shown) <= width:
        return fit(shown, width)
    kept = shown[-(width - 1) :] if width > 1 else ""
    while cell_len(kept) > width - 1:
        kept = kept[1:]
    return fit(ELLIPSIS + kept, width)


def wrap(text: str, width: int, indent: str = "", tone: Tone = "plain") -> list[Line]:
    """`text` broken at spaces into lines of at most `width` cells; a longer word is chopped."""
    room = max(1, width - cell_len(indent))
    rows: list[str] = []
    current = ""
    for word in printable(" ".join(text.split())).split(" "):
        joined = f"{current} {word}" if current else word
        if cell_len(joined) <= room:
            current = joined
            continue
        if current:
            rows.append(current)
        *full, current = chop_cells(word, room) or [""]
        rows.extend(full)
    return [line(indent, Span(row, tone)) for row in (*rows, current) if row]


PART_BREAK = " · "


def wrap_parts(
    parts: Sequence[str], width: int, indent: str = "", tone: Tone = "plain"
) -> list[Line]:
    """`parts` one after another; a line ends between two of them, in one only where it must."""
    room = max(1, width - cell_len(indent))
    rows: list[str] = []
    for part in map(printable, parts):
        joined = f"{rows[-1]}{PART_BREAK}{part}" if rows else part
        if rows and cell_len(joined) <= room:
            rows[-1] = joined
        else:
            rows.append(part)
    return [each for row in rows for each in wrap(row, width, indent, tone)]


FACT_WIDTH = 13


def fact_lines(facts: Sequence[tuple[str, str, Tone] | tuple[str, str]], width: int) -> list[Line]:
    """Names in a column of their own, what is said of each beside it."""
    lines: list[Line] = []
    for name, value, *tone in facts:
        told: Tone = tone[0] if tone else "plain"
        parts = value.split(PART_BREAK)
        first, *rest = wrap_parts(parts, width - FACT_WIDTH - 2, "", told) or [BLANK]
        lines.append((Span(f" {name:<{FACT_WIDTH}} ", "dim"), *first))
        lines += [(Span(" " * (FACT_WIDTH + 2)), *each) for each in rest]
    return lines


@dataclass(frozen=True)
class Column:
    title: str
    width: int
    align: Align = "right"

    def cell(self, text: str, tone: Tone = "plain") -> Span:
        return Span(fit(text, self.width, self.align), tone)


def heading(columns: tuple[Column, ...]) -> Line:
    return spaced(*(column.cell(column.title, "title") for column in columns))


def spaced(*spans: Span) -> Line:
    """Spans with one blank between each two."""
    parts: list[Span] = []
    for index, each in enumerate(spans):
        if index:
            parts.append(Span(" "))
        parts.append(each)
    return tuple(parts)


def rule(title: str, width: int) -> Line:
    """A title set into a horizontal line."""
    shown = f" {printable(title)} " if title else ""
    head = "─" if title else ""
    room = width - cell_len(head)
    if cell_len(shown) > room:
        shown = fit(shown, room)
    return (
        Span(head, "dim"),
        Span(shown, "title"),
        Span("─" * max(0, width - cell_len(head + shown)), "dim"),
    )
