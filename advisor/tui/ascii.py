"""Every sign of the screen as one of ASCII that stands for it, for terminals with no others."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SIGNS = {
    **dict.fromkeys("─━═▔", "-"), **dict.fromkeys("│┃║▏▎▍▌▋▊▉▕▐", "|"),
    **dict.fromkeys("█▇▆▀", "#"), **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯╱╲◢◣◤◥", "+"),
    "▒": "=", "░": ":", "▓": "%",
    "▁": "_", "▂": ".", "▃": "-", "▄": "=", "▅": "+", "…": "~", "×": "x", "·": ".", "•": "*",
    "●": "O", "○": "o", "◂": "<", "‹": "<", "›": ">", "←": "<", "→": ">", "↑": "^", "↓": "v",
    "✓": "+", "✗": "X", "±": "~", "≈": "~", "≤": "<", "≥": ">", "–": "-", "—": "-", "°": "'",
    "µ": "u", "μ": "u", "σ": "s", "Σ": "S", "∞": "8", "“": '"', "”": '"', "‘": "'", "’": "'",
    "▶": ">", "◀": "<", "▲": "^", "▼": "v", "▸": ">", "▾": "v", "◆": "*", "■": "#", "□": "o",
}  # fmt: skip


def ascii_text(text: str) -> str:
    """`text` in as many columns: letters without their accents, `?` where nothing stands for it."""
    return text if text.isascii() else "".join(map(_ascii_char, text))


@lru_cache(4096)
def _ascii_char(char: str) -> str:
    width = cell_len(char)
    if char.isascii() or width == 0:
        return char if char.isascii() else ""
    base = unicodedata.normalize("NFKD", char)[0]
    sign = _SIGNS.get(char) or (base if base.isascii() and base.isprintable() else "?")
    return sign.ljust(width, "?" if sign == "?" else " ")


class AsciiFilter(LineFilter):
    """Over all that is drawn: widgets, borders, messages, scroll bars."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        del background
        return [Segment(ascii_text(text), style, control) for text, style, control in segments]
