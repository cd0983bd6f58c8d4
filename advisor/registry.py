"""Plug-ins by presence: walk a package and collect a declared constant from each module.

A new strategy, rule, exporter or command is one new file that declares the constant; nothing
lists it anywhere else. Two declarations with one key are refused.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import TypeVar

Plugin = TypeVar("Plugin")


def discover(
    package: ModuleType, constant: str, kind: type[Plugin], key: Callable[[Plugin], str]
) -> dict[str, Plugin]:
    """Return `{key(plugin): plugin}` for every module of `package` that declares `constant`.

    Modules whose name starts with an underscore, and modules without the constant, are helpers
    and are passed over. The result is sorted by key, so nothing depends on the file system.

    Raises TypeError where the constant is not a `kind`, ValueError where two modules share a key.
    """
    found: dict[str, tuple[str, Plugin]] = {}
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if info.name.rpartition(".")[2].startswith("_"):
            continue
        module = importlib.import_module(info.name)
        if not hasattr(module, constant):
            continue
        plugin = getattr(module, constant)
        if not isinstance(plugin, kind):
            raise TypeError(f"{info.name}.{constant} is not a {kind.__name__}")
        name = key(plugin)
        if name in found:
            raise ValueError(f"{name!r} is declared in both {found[name][0]} and {info.name}")
        found[name] = (info.name, plugin)
    return {name: found[name][1] for name in sorted(found)}
