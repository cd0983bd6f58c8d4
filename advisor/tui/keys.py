"""Keys as a user reads them, taken from the bindings; and which of them the footer has room for."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding, BindingType

Named = tuple[str, str]
"""A key as it is shown, and what it does."""

FOOTER: Sequence[Named] = (
    ("space", "toggle"), ("←→", "level"), ("m", "measure"), ("u", "undo"), ("/", "filter"),
    (":", "actions"), ("?", "help"), ("q", "quit"), ("r", "plan"), ("M", "measure plan"),
    ("J", "queue"), ("e", "export"), ("w", "why"), ("x", "measure alone"), ("s", "sort"),
    ("c", "hardware"), ("H", "history"), ("o", "open"), ("y", "copy"), ("U", "redo"),
    ("t", "theme"), ("p", "pause telemetry"),
)  # fmt: skip
"""The most important first: what does not fit is left out whole."""


def named(bindings: Sequence[BindingType]) -> list[Named]:
    """Each binding's keys and description, in the order of their declaration."""
    found = [each for each in bindings if isinstance(each, Binding)]
    return [(binding.key_display or binding.key, binding.description) for binding in found]
