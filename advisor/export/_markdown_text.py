"""Text from outside as Markdown that shows it and obeys none of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from advisor.units import printable

_MARKUP = re.compile(r"([\\`*_{}\[\]#|~])")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def plain(text: str) -> str:
    """`text` as it reads, on one line: no markup, no HTML, no end of a table's cell in it."""
    shown = "".join(_HTML.get(char, char) for char in printable(text))
    return _MARKUP.sub(r"\\\1", shown)


def code_block(text: str) -> str:
    """One line as an indented block, which nothing inside the line can end."""
    return f"    {printable(text)}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], figures: int = 0) -> list[str]:
    """A table of cells that are Markdown already; the last `figures` columns are set right."""
    rules = ["---"] * (len(header) - figures) + ["---:"] * figures
    return ["| " + " | ".join(cells) + " |" for cells in (header, rules, *rows)]
