"""Which themes a terminal can show."""

from __future__ import annotations

import os
from collections.abc import Mapping

THEMES = ("textual-dark", "textual-light", "ansi-dark", "ansi-light")
ANSI_THEMES = ("ansi-dark", "ansi-light")
"""Those in the terminal's own 16 colours, and its own background."""
_LIGHT_BACKGROUNDS = frozenset({"7", "15"})


def is_colourless(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the user wants no colour: no-color.org says any value but an empty one."""
    return bool(environment.get("NO_COLOR"))


def usable_themes(color_system: str | None, *, colourless: bool) -> tuple[str, ...]:
    """`color_system` as Rich names it. With 16 colours or none, others would be guessed at."""
    few = color_system not in {"truecolor", "256"}
    return ANSI_THEMES if colourless or few else THEMES


def first_theme(
    wanted: str | None, usable: tuple[str, ...], environment: Mapping[str, str] = os.environ
) -> str:
    """The one wanted; else, or where it cannot be shown, the one that fits the background."""
    if wanted in usable:
        return str(wanted)
    if wanted is not None:
        light = wanted.endswith("light")
    else:
        light = environment.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT_BACKGROUNDS
    return next(each for each in usable if each.endswith("light") == light)


def speaks_utf8(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the locale, where it names a character set, names UTF-8."""
    named = next(
        (environment[each] for each in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(each)), ""
    )
    charset = named.partition(".")[2].partition("@")[0].lower().replace("-", "")
    return charset in {"", "utf8"}
