"""Keys as a user reads them, taken from the bindings; and which of them the footer has room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.binding import Binding, BindingType
from textual.keys import key_to_character

Named = tuple[str, str]
"""A key as it is shown, and what it does."""
Keymap = Mapping[str, str]
"""Keys that a user chose, separated by commas, by the id of the binding that they replace."""

Hint = tuple[tuple[str, ...], str, str]
"""Ids of bindings, their keys in short, and a word."""
_COMMON: Sequence[Hint] = (
    (("help",), "?", "help"), (("quit",), "q", "quit"), (("palette",), ":", "actions"),
    (("measure",), "m", "measure"), (("undo",), "u", "undo"), (("plan_on",), "r", "plan"),
    (("measure_plan",), "M", "measure plan"), (("queue",), "J", "queue"),
    (("export",), "e", "export"), (("compare",), "c", "hardware"),
    (("front",), "F", "front"), (("history",), "H", "history"),
    (("open",), "o", "open"), (("copy",), "y", "copy"), (("redo",), "U", "redo"),
    (("theme",), "t", "theme"), (("settings",), ",", "settings"),
)  # fmt: skip
"""In every view, the most important first."""
_SIFTING: Sequence[Hint] = ((("filter",), "/", "filter"), (("sort",), "s", "sort"))
_OF_VIEW: Mapping[str, Sequence[Hint]] = {
    "strategies": (
        (("toggle",), "space", "toggle"), (("lower", "higher"), "←→", "level"),
        (("measure",), "m", "measure"), (("undo",), "u", "undo"), _SIFTING[0],
    ),
    "bill": ((("detail",), "Enter", "formula and source"),),
    "operators": (
        (("tree",), "v", "tree"), *_SIFTING, (("roofline",), "f", "roofline"),
        (("memory",), "i", "memory"),
    ),
    "operators tree": (
        (("tree",), "v", "table"), (("fold", "unfold"), "h l", "fold"), _SIFTING[0],
        (("roofline",), "f", "roofline"), (("memory",), "i", "memory"),
    ),
    "plan": (
        (("plan_on",), "r", "select"), (("optimum_on",), "R", "minimum"),
        (("measure_plan",), "M", "measure it"), (("export",), "e", "export"),
    ),
    "rules": ((("rule_detail",), "Enter", "manual"), *_SIFTING),
    "machine": ((("pause",), "p", "pause"),),
}  # fmt: skip
"""What a view has of its own, or is looked at for; before the common ones."""
_AFTER: Mapping[str, Sequence[Hint]] = {
    "strategies": (
        (("parameter",), "P", "parameter"), (("why",), "w", "why"),
        (("measure_alone",), "x", "measure alone"), _SIFTING[1],
    ),
}  # fmt: skip
"""What comes only where there is room."""
_NAMES = {
    "escape": "Esc", "pageup": "PgUp", "pagedown": "PgDn", "up": "↑", "down": "↓", "left": "←",
    "right": "→", "space": "space",
}  # fmt: skip
_MODIFIERS = ("ctrl+", "shift+", "alt+", "super+", "hyper+", "meta+")


def footer(keymap: Keymap, view: str = "strategies") -> list[Named]:
    """Keys and words for the footer of a view, in the order of their importance."""
    shown, seen = [], set()
    for ids, short, label in (*_OF_VIEW.get(view, ()), *_COMMON, *_AFTER.get(view, ())):
        if ids in seen:
            continue
        seen.add(ids)
        if any(each in keymap for each in ids):
            firsts = [keymap[each].split(",")[0] for each in ids if each in keymap]
            shown.append((" ".join(map(key_text, firsts)), label))
        else:
            shown.append((short, label))
    return shown


FOOTER: Sequence[Named] = tuple(footer({}))
"""As it stands under the strategies, where no key is remapped."""


def named(bindings: Sequence[BindingType], keymap: Keymap | None = None) -> list[Named]:
    """Each binding's keys, description and id, in the order of their declaration."""
    found = [each for each in bindings if isinstance(each, Binding)]
    return [
        (shown_keys(binding, keymap or {}), f"{binding.description}  · {binding.id}")
        for binding in found
    ]


def shown_keys(binding: Binding, keymap: Keymap) -> str:
    """The keys of a binding as they are read: those of the user where they chose others."""
    if binding.id is not None and binding.id in keymap:
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
