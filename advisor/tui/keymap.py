"""The keys a user chose in place of ours: checked before the screen starts."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, key_to_character
from textual.screen import ModalScreen, Screen

from advisor.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from advisor.tui.keys import Keymap

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMED = frozenset(str(key.value) for key in Keys if not str(key.value).startswith("<"))


def bindings_of(kind: type[DOMNode]) -> list[Binding]:
    """Those of a class with those it takes over from its bases, each with an id."""
    found: list[Binding] = []
    for each in kind.__mro__:
        declared = each.__dict__.get("BINDINGS", ())
        if each.__module__.startswith("advisor."):
            found += [binding for binding in declared if isinstance(binding, Binding)]
        if not getattr(each, "_inherit_bindings", True):
            break
    return found


def every_kind() -> list[type[DOMNode]]:
    """The program, its screens and its widgets: everything of ours that declares bindings."""
    from advisor.tui import app, screens, widgets

    kinds: dict[str, type[DOMNode]] = {}
    for module in (app, *_modules(screens), *_modules(widgets)):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, DOMNode) and _is_ours(value):
                kinds[value.__qualname__] = value
    return [kinds[name] for name in sorted(kinds)]


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def _is_ours(kind: type[DOMNode]) -> bool:
    return kind.__module__.startswith("advisor.") and bool(kind.__dict__.get("BINDINGS"))


def checked(chosen: Mapping[str, str], origin: str) -> Keymap:
    """`chosen` as a keymap; UsageError for an id or a key that is none, and for a key used twice.

    `origin` is the file they were read from.
    """
    ids = {binding.id for kind in every_kind() for binding in bindings_of(kind) if binding.id}
    for name, keys in chosen.items():
        if name not in ids:
            raise UnknownNameError("action", name, ids, f"{origin}, [keys]")
        for key in keys.split(","):
            if not _is_key(key.strip()):
                raise UsageError(
                    f"{origin}: keys.{name}: {key.strip()!r} is no key. A key is one character, "
                    f"or a name, with ctrl+, shift+ or alt+ before it where wanted; "
                    f"names: {', '.join(sorted(key for key in _NAMED if '+' not in key))}"
                )
    _refuse_clashes(chosen, origin)
    return dict(chosen)


def _is_key(key: str) -> bool:
    *modifiers, base = key.split("+") if len(key) > 1 else [key]
    known = len(base) == 1 or base in _NAMED or key_to_character(base) is not None
    return known and set(modifiers) <= _MODIFIERS


def _refuse_clashes(chosen: Mapping[str, str], origin: str) -> None:
    for place in _places():
        owners: dict[str, str] = {}
        for binding in place:
            name = binding.id or binding.action
            keys = chosen.get(name, binding.key)
            for key in map(_canonical, keys.split(",")):
                other = owners.setdefault(key, name)
                if other != name and {other, name} & set(chosen):
                    raise UsageError(
                        f"{origin}: {key!r} would be both {other} and {name}; "
                        "choose another key for one of them"
                    )


def _places() -> Iterator[Sequence[Binding]]:
    """Bindings that listen at the same time: a widget's, those around it, the whole program's."""
    from advisor.tui.app import AdvisorApp
    from advisor.tui.screens.main import MainScreen

    for kind in every_kind():
        found = bindings_of(kind)
        if not issubclass(kind, (Screen, AdvisorApp)):
            found += bindings_of(MainScreen)
        yield found if issubclass(kind, ModalScreen) else found + bindings_of(AdvisorApp)


def _canonical(key: str) -> str:
    return key_to_character(key.strip()) or key.strip()
