"""As much of a terminal as the screen needs: places text, keeps the look of each cell."""

from __future__ import annotations

import re

from rich.cells import cell_len

_TOKEN = re.compile(r"\x1b\[([?>=]?[\d;]*)([A-Za-z])|\x1b[^\[]|(\r)|(\n)|([^\x1b\r\n])", re.DOTALL)
Cell = tuple[str, tuple[str, ...]]


class Emulator:
    """Cells by line and column; a blank in the terminal's own look is not kept."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], Cell] = {}
        self._x = self._y = 0
        self._look: dict[str, str] = {}

    def feed(self, sent: str) -> None:
        for found in _TOKEN.finditer(sent):
            arguments, command, _, new_line, char = found.groups()
            if command == "H":
                line, column = (int(each) for each in arguments.split(";"))
                self._y, self._x = line - 1, column - 1
            elif command == "m":
                self._turn(arguments)
            elif new_line:
                self._y += 1
            elif char:
                self._put(char)

    def _put(self, char: str) -> None:
        width = cell_len(char)
        if width == 0:
            return
        look = tuple(sorted(self._look.values()))
        blank = char == " " and not any(part[0] in "479" and len(part) == 1 for part in look)
        if blank:
            look = tuple(part for part in look if part.startswith("b"))
        for x in range(self._x, self._x + width):
            self.cells[self._y, x] = (char if x == self._x else "", look)
        self._x += width

    def _turn(self, arguments: str) -> None:
        codes = [int(each or 0) for each in arguments.split(";")]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self._look = {}
            elif code in {38, 48}:
                count = 4 if codes[0] == 2 else 2
                colour, codes = codes[: count - 0], codes[count:]
                side = "f" if code == 38 else "b"
                self._look[side] = f"{side}{colour}"
            elif 30 <= code <= 39 or 90 <= code <= 97:
                self._set("f", code, 39)
            elif 40 <= code <= 49 or 100 <= code <= 107:
                self._set("b", code, 49)
            else:
                self._look[str(code)] = str(code)

    def _set(self, side: str, code: int, default: int) -> None:
        self._look.pop(side, None)
        if code != default:
            self._look[side] = f"{side}{code}"

    def text(self, width: int, height: int) -> list[str]:
        return [
            "".join(self.cells.get((y, x), (" ", ()))[0] for x in range(width)).rstrip()
            for y in range(height)
        ]
