"""How the screen looks and which keys it has: the user's file, the command line, the last time."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from advisor.errors import UnknownNameError, UsageError
from advisor.tui.looks import THEMES

if TYPE_CHECKING:
    from advisor.tui.kept import Kept
    from advisor.tui.keys import Keymap

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_SWITCHES = ("ascii", "mouse", "reduced_motion")


@dataclass(frozen=True)
class Preferences:
    """None is what nobody chose."""

    theme: str | None = None
    ascii: bool | None = None
    mouse: bool | None = None
    reduced_motion: bool | None = None
    keys: Keymap = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    """Those that stand in the user's file or on the command line."""

    def over(self, kept: Kept) -> Preferences:
        """These, and what was chosen the last time where they say nothing."""
        last = {
            name: getattr(kept, name)
            for name in ("theme", *_SWITCHES)
            if getattr(self, name) is None
        }
        return replace(self, **last)


def default_path() -> Path:
    return platformdirs.user_config_path("advisor") / "screen.toml"


def read_preferences(path: Path, given: Mapping[str, str | bool]) -> Preferences:
    """What `path` says, where there is such a file, and over it what the command line does.

    Raises UsageError that names the file, the entry and the choices.
    """
    found = _read(path)
    unknown = set(found) - {"theme", *_SWITCHES, "keys"}
    if unknown:
        name = min(unknown)
        raise UnknownNameError("setting", name, ("theme", *_SWITCHES, "keys"), str(path))
    keys = found.pop("keys", {})
    for name, value in found.items():
        _check(name, value, f"{path}: {name}")
    for name, value in given.items():
        _check(name, value, f"--{name.replace('_', '-')}")
    values = {**found, **given}
    return Preferences(**values, keys=_keymap(keys, str(path)), fixed=frozenset(values))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}") from error


def _check(name: str, value: object, origin: str) -> None:
    if name == "theme":
        if value not in THEMES:
            raise UnknownNameError("theme", str(value), THEMES, origin)
    elif not isinstance(value, bool):
        raise UsageError(f"{origin} is {value!r}; choices: true, false")


def _keymap(keys: object, origin: str) -> Keymap:
    if not isinstance(keys, dict) or not all(isinstance(each, str) for each in keys.values()):
        raise UsageError(f'{origin}: [keys] holds lines such as measure = "m" or quit = "q,ctrl+q"')
    if not keys:
        return {}
    from advisor.tui.keymap import checked

    return checked(keys, origin)
