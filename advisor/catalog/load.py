"""The catalogues: every profile file as a validated dataclass, by id."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from advisor.catalog.convert import convert
from advisor.catalog.engine import Engine
from advisor.catalog.hardware import Hardware
from advisor.catalog.locate import (
    PROFILE_SUFFIXES,
    ProfileKind,
    own_figures_path,
    profile_files,
)
from advisor.catalog.organization import Organization
from advisor.catalog.own_figures import changes_to, with_changes
from advisor.catalog.pricing import PriceList
from advisor.catalog.read import read_table
from advisor.catalog.workload import Workload
from advisor.errors import UnknownNameError

Profile = TypeVar("Profile")


@functools.cache
def hardware() -> Mapping[str, Hardware]:
    return load_all("hardware", Hardware)


@functools.cache
def price_lists() -> Mapping[str, PriceList]:
    return load_all("pricing", PriceList)


@functools.cache
def workloads() -> Mapping[str, Workload]:
    return load_all("workloads", Workload)


@functools.cache
def organizations() -> Mapping[str, Organization]:
    return load_all("organizations", Organization)


@functools.cache
def engines() -> Mapping[str, Engine]:
    return load_all("engines", Engine)


def hardware_by_id(name: str, origin: str = "") -> Hardware:
    """A part of the catalogue, or the profile in a file: a path that ends with .json or .toml."""
    path = Path(name)
    if path.suffix in PROFILE_SUFFIXES and name not in hardware():
        return hardware_file(path.expanduser())
    return _by_id("hardware", hardware(), name, origin)


def price_list_by_id(name: str, origin: str = "") -> PriceList:
    return _by_id("price list", price_lists(), name, origin)


def workload_by_id(name: str, origin: str = "") -> Workload:
    """A workload of the catalogue, or of a file: a path that ends with .json or .toml."""
    path = Path(name)
    if path.suffix in PROFILE_SUFFIXES and name not in workloads():
        return load_file(path.expanduser(), Workload)
    return _by_id("workload", workloads(), name, origin)


def organization_by_id(name: str, origin: str = "") -> Organization:
    return _by_id("organization", organizations(), name, origin)


def engine_by_id(name: str, origin: str = "") -> Engine:
    return _by_id("engine", engines(), name, origin)


def load_all(folder: ProfileKind, kind: type[Profile]) -> Mapping[str, Profile]:
    """Read every profile of one folder, sorted by id; a profile's id is the name of its file.

    The user's own figures take the place of those in the files.

    Raises CatalogError at the first file that does not hold what it must: a price or a peak
    that silently fell out would make a wrong plan look like a cheap one.
    """
    files = profile_files(folder)
    changes = changes_to(folder)
    for name in changes:
        if name not in files:
            raise UnknownNameError(f"profile in {folder}", name, files, str(own_figures_path()))
    profiles = {name: load_file(path, kind) for name, path in files.items()}
    for name, change in changes.items():
        # Read again as a whole, so that a wrong key is told from one in the profile's own file.
        origin = f"{own_figures_path()}: {folder}.{name}"
        table = with_changes(read_table(files[name]), change)
        profiles[name] = convert(table, kind, origin, given={"id": name})
    return MappingProxyType(profiles)


def load_file(path: Path, kind: type[Profile]) -> Profile:
    """Read one profile. Raises CatalogError with the file, the key and what is accepted."""
    return convert(read_table(path), kind, origin=str(path), given={"id": path.stem})


def hardware_file(path: Path) -> Hardware:
    """One hardware profile. The file may state an id of its own, which prices are found by.

    Raises CatalogError as `load_file` does.
    """
    table = dict(read_table(path))
    identifier = table.pop("id", path.stem)
    return convert(table, Hardware, origin=str(path), given={"id": str(identifier)})


def _by_id(kind: str, profiles: Mapping[str, Profile], name: str, origin: str) -> Profile:
    if name not in profiles:
        raise UnknownNameError(kind, name, profiles, origin)
    return profiles[name]
