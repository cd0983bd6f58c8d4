"""The catalogues: every profile file as a validated dataclass, by id."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from advisor.catalog.convert import convert
from advisor.catalog.hardware import Hardware
from advisor.catalog.locate import ProfileKind, profile_files
from advisor.catalog.organization import Organization
from advisor.catalog.pricing import PriceList
from advisor.catalog.workload import Workload
from advisor.errors import CatalogError, UnknownNameError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

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


def hardware_by_id(name: str, origin: str = "") -> Hardware:
    return _by_id("hardware", hardware(), name, origin)


def price_list_by_id(name: str, origin: str = "") -> PriceList:
    return _by_id("price list", price_lists(), name, origin)


def workload_by_id(name: str, origin: str = "") -> Workload:
    return _by_id("workload", workloads(), name, origin)


def organization_by_id(name: str, origin: str = "") -> Organization:
    return _by_id("organization", organizations(), name, origin)


def load_all(folder: ProfileKind, kind: type[Profile]) -> Mapping[str, Profile]:
    """Read every profile of one folder, sorted by id; a profile's id is the name of its file.

    Raises CatalogError at the first file that does not hold what it must: a price or a peak
    that silently fell out would make a wrong plan look like a cheap one.
    """
    files = profile_files(folder)
    return MappingProxyType({name: load_file(path, kind) for name, path in files.items()})


def load_file(path: Path, kind: type[Profile]) -> Profile:
    """Read one profile. Raises CatalogError with the file, the key and what is accepted."""
    return convert(read_table(path), kind, origin=str(path), given={"id": path.stem})


def read_table(path: Path) -> Mapping[str, Any]:
    """Parse a TOML or JSON file to nested tables. Raises CatalogError where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return msgspec.json.decode(text, type=dict[str, Any])
        return tomllib.loads(text)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise CatalogError(f"{path}: {error}") from error


def _by_id(kind: str, profiles: Mapping[str, Profile], name: str, origin: str) -> Profile:
    if name not in profiles:
        raise UnknownNameError(kind, name, profiles, origin)
    return profiles[name]
