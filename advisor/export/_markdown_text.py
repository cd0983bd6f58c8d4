"""Text from outside as Markdown that shows it and obeys none of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from advisor.units import printable

_MARKUP = re.compile(r"([\\`*\[\]#|~]|(?<![^\W_])_|_(?![^\W_]))")
"""Not an underscore within a word: it begins and ends nothing, and many names have one."""
_ENTITY = re.compile(r"&(?=#?\w+;)")
_TAGS = {"<": "&lt;", ">": "&gt;"}


def plain(text: str) -> str:
    """`text` as it reads, on one line: no markup, no HTML, no end of a table's cell in it."""
    told = _ENTITY.sub("&amp;", printable(text))
    shown = "".join(_TAGS.get(char, char) for char in told)
    return _MARKUP.sub(r"\\\1", shown)


def code_block(text: str) -> str:
    """One line as an indented block, which nothing inside the line can end."""
    return f"    {printable(text)}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], figures: int = 0) -> list[str]:
    """A table of cells that are Markdown already; the last `figures` columns are set right."""
    rules = ["---"] * (len(header) - figures) + ["---:"] * figures
    return ["| " + " | ".join(cells) + " |" for cells in (header, rules, *rows)]
