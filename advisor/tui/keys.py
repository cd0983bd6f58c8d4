"""Keys as a user reads them, taken from the bindings; and which of them the footer has room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.binding import Binding, BindingType
from textual.keys import key_to_character

Named = tuple[str, str]
"""A key as it is shown, and what it does."""
Keymap = Mapping[str, str]
"""Keys that a user chose, separated by commas, by the id of the binding that they replace."""

_FOOTER: Sequence[tuple[tuple[str, ...], str, str]] = (
    (("toggle",), "space", "toggle"), (("lower", "higher"), "←→", "level"),
    (("measure",), "m", "measure"), (("undo",), "u", "undo"), (("filter",), "/", "filter"),
    (("palette",), ":", "actions"), (("help",), "?", "help"), (("quit",), "q", "quit"),
    (("plan_on",), "r", "plan"), (("export",), "e", "export"),
    (("strategies", "log"), "1-7", "views"), (("why",), "w", "why"), (("sort",), "s", "sort"),
    (("compare",), "c", "hardware"), (("open",), "o", "open"), (("copy",), "y", "copy"),
    (("redo",), "U", "redo"), (("theme",), "t", "theme"), (("settings",), ",", "settings"),
    (("pause",), "p", "pause telemetry"),
)  # fmt: skip
"""Ids of bindings, their keys in short, and a word; the most important first."""
_NAMES = {
    "escape": "Esc", "pageup": "PgUp", "pagedown": "PgDn", "up": "↑", "down": "↓", "left": "←",
    "right": "→", "space": "space",
}  # fmt: skip
_MODIFIERS = ("ctrl+", "shift+", "alt+", "super+", "hyper+", "meta+")


def footer(keymap: Keymap) -> list[Named]:
    """Keys and words for the footer, in the order of their importance."""
    shown = []
    for ids, short, label in _FOOTER:
        if any(each in keymap for each in ids):
            firsts = [keymap[each].split(",")[0] for each in ids if each in keymap]
            shown.append((" ".join(map(key_text, firsts)), label))
        else:
            shown.append((short, label))
    return shown


FOOTER: Sequence[Named] = tuple(footer({}))
"""As it stands where no key is remapped."""


def named(bindings: Sequence[BindingType], keymap: Keymap | None = None) -> list[Named]:
    """Each binding's keys and description, in the order of their declaration."""
    found = [each for each in bindings if isinstance(each, Binding)]
    return [(shown_keys(binding, keymap or {}), binding.description) for binding in found]


def shown_keys(binding: Binding, keymap: Keymap) -> str:
    """The keys of a binding as they are read: those of the user where they chose others."""
    if binding.id in keymap:
        return " ".join(key_text(key.strip()) for key in keymap[binding.id].split(","))
    return binding.key_display or key_text(binding.key)


def key_text(key: str) -> str:
    """A key as it is read: `?` for question_mark, `Ctrl+P` for ctrl+p."""
    for modifier in _MODIFIERS:
        if key.startswith(modifier):
            rest = key_text(key[len(modifier) :])
            return modifier.capitalize() + (rest.upper() if len(rest) == 1 else rest)
    character = None if key in _NAMES else key_to_character(key)
    if character is not None and character.isprintable() and not character.isspace():
        return character
    return _NAMES.get(key, key.capitalize())
