"""What is sent for a repaint: only the cells that differ from those the terminal shows.

Textual sends whole lines of the widgets that changed, each run of a colour with all its codes. Over
SSH that is most of what a key costs. Here an update becomes cells, is compared with what was sent
before, and leaves as the cells that changed and the codes that differ from the ones before.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem, ColorType
from rich.console import COLOR_SYSTEMS, Console
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

_BRIDGED = 4
"""So many unchanged cells are sent again rather than stepped over, which costs as many bytes."""


class Look(NamedTuple):
    """The codes of a cell (Select Graphic Rendition); empty is the terminal's own."""

    foreground: str = ""
    background: str = ""
    attributes: frozenset[str] = frozenset()

    @property
    def codes(self) -> list[str]:
        return [
            each for each in (*sorted(self.attributes), self.foreground, self.background) if each
        ]


PLAIN = Look()
Cell = tuple[str, Look]
"""Text of one column; "" where a wide character reaches into it from the left."""
Row = list[Cell | None]
"""None is a cell that nothing is known of."""
_ATTRIBUTES = (
    ("bold", "1"), ("dim", "2"), ("italic", "3"), ("underline", "4"), ("blink", "5"),
    ("reverse", "7"), ("strike", "9"), ("overline", "53"),
)  # fmt: skip
_COMMANDS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of control, format and separator characters: no widget's text sends one."""
_SEEN_ON_BLANKS = frozenset({"4", "7", "9", "53"})
"""Attributes that show where there is no character."""


class Wire:
    """Knows what the terminal shows."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}

    def forget(self) -> None:
        """The terminal may show anything: the next updates are sent whole."""
        self._rows = {}

    def thinned(self, update: CompositorUpdate) -> CompositorUpdate:
        """The same for the eye; an update of a kind unknown here is left as it is."""
        if isinstance(update, (ChopsUpdate, LayoutUpdate)):
            return _Thinned(self, update)
        self.forget()
        return update

    def send(self, update: ChopsUpdate | LayoutUpdate, system: ColorSystem | None) -> str:
        """The codes and text that bring the terminal from what it shows to what `update` does."""
        pen = _Pen()
        for y, x, strip in _pieces(update):
            self._send_piece(pen, y, x, _cells(strip, system))
        return pen.finished()

    def _send_piece(self, pen: _Pen, y: int, x: int, new: Sequence[Cell]) -> None:
        row = self._rows.setdefault(y, [])
        row.extend([None] * (x + len(new) - len(row)))
        old = row[x : x + len(new)]
        if old == new:
            return
        for start, end in _changed(old, new):
            pen.write(x + start, y, new[start:end])
        row[x : x + len(new)] = new


class _Thinned(CompositorUpdate):
    """Compared when it is sent, and not before: an update may come to nothing."""

    def __init__(self, wire: Wire, update: ChopsUpdate | LayoutUpdate) -> None:
        self._wire = wire
        self._update = update

    def render_segments(self, console: Console) -> str:
        name = console.color_system
        return self._wire.send(self._update, None if name is None else COLOR_SYSTEMS[name])


class _Pen:
    """Text and codes so far, and the look in which the terminal writes now."""

    def __init__(self) -> None:
        self._sent: list[str] = []
        self._look = PLAIN

    def write(self, x: int, y: int, cells: Sequence[Cell]) -> None:
        self._sent.append(f"\x1b[{y + 1};{x + 1}H")
        for text, look in cells:
            if text == " " and not look.attributes:
                self._turn_for_blank(look)
            elif text and look != self._look:
                self._turn_to(look)
            self._sent.append(text)

    def finished(self) -> str:
        if self._look != PLAIN:
            self._sent.append("\x1b[m")
            self._look = PLAIN
        return "".join(self._sent)

    def _turn_for_blank(self, look: Look) -> None:
        """Of a blank only the background shows: the rest may stay as it is."""
        now = self._look
        if now.attributes & _SEEN_ON_BLANKS or (now.background and not look.background):
            self._turn_to(look)
        elif look.background != now.background:
            self._turn_to(now._replace(background=look.background))

    def _turn_to(self, look: Look) -> None:
        now = self._look
        can_add = (
            now.attributes <= look.attributes
            and (look.foreground or not now.foreground)
            and (look.background or not now.background)
        )
        if can_add:
            codes = sorted(look.attributes - now.attributes)
            codes += [look.foreground] if look.foreground != now.foreground else []
            codes += [look.background] if look.background != now.background else []
            self._sent.append(f"\x1b[{';'.join(codes)}m")
        else:
            self._sent.append(f"\x1b[{';'.join(['0', *look.codes])}m")
        self._look = look


def _pieces(update: ChopsUpdate | LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Line, column and content of each piece that an update covers."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, left, right in update.spans:
        chops: Iterable[tuple[int, Strip | None]] = update.chops[y].items()
        for end, (x, found) in zip(update.chop_ends[y], chops, strict=False):
            if found is not None and x < right and end > left:
                start = max(x, left)
                yield y, start, found.crop(start - x, min(end, right) - x)


def _cells(strip: Strip, system: ColorSystem | None) -> list[Cell]:
    found: list[Cell] = []
    for text, style, control in strip:
        if control:
            continue
        look = PLAIN if style is None else _look(style, system)
        blank = look if look.attributes & _SEEN_ON_BLANKS else Look(background=look.background)
        for char in text:
            if " " <= char <= "~":
                found.append((char, blank if char == " " else look))
            else:
                _append(found, char, look)
    return found


def _append(found: list[Cell], char: str, look: Look) -> None:
    """A wide character, or one that joins another; what would command the terminal is left out."""
    if unicodedata.category(char) in _COMMANDS:
        return
    width = cell_len(char)
    if width == 0:  # it joins the character before it
        for at in range(len(found) - 1, -1, -1):
            if found[at][0]:
                found[at] = (found[at][0] + char, found[at][1])
                return
        return
    found.append((char, look))
    if width > 1:
        found += [("", look)] * (width - 1)


@lru_cache(4096)
def _look(style: Style, system: ColorSystem | None) -> Look:
    if system is None:
        return PLAIN
    codes = ["", ""]
    for at, color in enumerate((style.color, style.bgcolor)):
        if color is not None and color.type is not ColorType.DEFAULT:
            codes[at] = ";".join(color.downgrade(system).get_ansi_codes(foreground=at == 0))
    on = frozenset(code for name, code in _ATTRIBUTES if getattr(style, name))
    return Look(codes[0], codes[1], on)


def _changed(old: Sequence[Cell | None], new: Sequence[Cell]) -> list[tuple[int, int]]:
    """Where `new` differs, as ranges.

    All of it where a character is not one column wide: terminals disagree on how wide those are.
    """
    if any(each is not None and _is_odd(each[0]) for each in (*old, *new)):
        return [(0, len(new))]
    ranges: list[tuple[int, int]] = []
    for at, (before, now) in enumerate(zip(old, new, strict=True)):
        if before == now:
            continue
        if ranges and at - ranges[-1][1] <= _BRIDGED:
            ranges[-1] = (ranges[-1][0], at + 1)
        else:
            ranges.append((at, at + 1))
    return ranges


def _is_odd(text: str) -> bool:
    return len(text) != 1
