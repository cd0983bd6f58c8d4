"""The user's own figures: one file that overrides any key of any profile, by its id.

    as_of = "2026-11-01"                                    # of the figures in this file

    [hardware.h100-sxm.purchase]
    price_usd = 24_000                                      # what you paid

    [pricing.aws.instances."p5.48xlarge"]
    reserved_1yr_usd_per_hour = 28                          # what you negotiated

    [organizations.cloud-startup.rental]
    negotiated_discount = 0.15

    [organizations.on-premises-enterprise.ownership]
    owned_accelerators = { h100-sxm = 16 }

Keys are those of the profiles. An instance of a price list is named by its type; one that the
list does not have is added to it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal

from advisor.catalog.convert import convert
from advisor.catalog.locate import ProfileKind, own_figures_path
from advisor.catalog.read import read_table
from advisor.errors import CatalogError, UnknownNameError

Table = Mapping[str, Any]
OWN = "your own overrides.toml"
KINDS = ("hardware", "pricing", "organizations", "workloads")


@dataclass(frozen=True)
class OwnFigures:
    """The file as read: `{kind: {id: {key: value}}}`."""

    hardware: Mapping[str, Any] = field(default_factory=dict)
    pricing: Mapping[str, Any] = field(default_factory=dict)
    organizations: Mapping[str, Any] = field(default_factory=dict)
    workloads: Mapping[str, Any] = field(default_factory=dict)
    currency: Literal["USD"] = "USD"
    """Of every price in the file; no other currency is converted."""
    as_of: str | None = None
    """When the figures were right; the day the file was last changed where it does not say."""


@functools.cache
def own_figures() -> OwnFigures:
    """What the user's file holds; nothing where there is none.

    Raises CatalogError with the file and the key where it does not hold what it may.
    """
    path = own_figures_path()
    if not path.exists():
        return OwnFigures()
    table = dict(read_table(path))
    for key in table:
        if key not in OwnFigures.__dataclass_fields__:
            raise UnknownNameError("key", key, OwnFigures.__dataclass_fields__, str(path))
    kinds = {name: _by_id(table.pop(name), f"{path}: {name}") for name in KINDS if name in table}
    plain = convert(table, OwnFigures, str(path), given={key: {} for key in KINDS})
    changed = datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.utc).date().isoformat()
    return OwnFigures(**kinds, currency=plain.currency, as_of=plain.as_of or changed)


def _by_id(profiles: object, origin: str) -> Table:
    if not isinstance(profiles, Mapping):
        raise CatalogError(f"{origin}: Expected tables by the id of a profile, got {profiles!r}")
    for name, changes in profiles.items():
        if not isinstance(changes, Mapping):
            raise CatalogError(f"{origin}.{name}: Expected a table, got {changes!r}")
    return profiles


def changes_to(kind: ProfileKind) -> Mapping[str, Any]:
    """The user's changes to the profiles of one kind, by profile id."""
    changes: Mapping[str, Any] = getattr(own_figures(), kind, {})
    return changes


def with_changes(table: Table, changes: Table) -> dict[str, Any]:
    """`table` with `changes` merged in; each changed figure names the user's file as its source."""
    merged = dict(table)
    for key, change in changes.items():
        old = merged.get(key)
        if key == "instances" and isinstance(old, list) and isinstance(change, Mapping):
            merged[key] = _instances(old, change)
        elif isinstance(old, Mapping) and isinstance(change, Mapping):
            merged[key] = with_changes(old, change)
        elif isinstance(old, Mapping) and "expected" in old and isinstance(change, (int, float)):
            # A plain number takes the place of a figure with its range and source.
            merged[key] = {"low": change, "expected": change, "high": change, "source": _own()}
        else:
            merged[key] = change
    return _stamped(merged, table, changes)


def _stamped(merged: dict[str, Any], table: Table, changes: Table) -> dict[str, Any]:
    """Say in the source of a block which of its figures are the user's."""
    figures = [key for key, change in changes.items() if not isinstance(change, Mapping)]
    old = table.get("source")
    if not figures or "source" in changes or not isinstance(old, Mapping):
        return merged
    rest = f"{OWN}: {', '.join(figures)}; the rest: {old.get('text')}, {old.get('as_of')}"
    stamped = {**merged, "source": {**_own(), "text": rest}}
    if "spot_usd_per_hour" in changes:
        stamped.pop("spot_source", None)
    return stamped


def _instances(listed: list[Any], changes: Table) -> list[Any]:
    """Every instance of a changed type, and those that the list did not have."""
    changed = [
        with_changes(each, changes[each["type"]])
        if isinstance(each, Mapping) and each.get("type") in changes
        else each
        for each in listed
    ]
    types = {each.get("type") for each in listed if isinstance(each, Mapping)}
    for name, change in changes.items():
        if name not in types and "hardware" not in change:
            # Nothing says what is in it, so it is not a new one: the name is mistyped.
            raise UnknownNameError("instance", name, filter(None, types), str(own_figures_path()))
    added = [
        {"type": name, "source": _own(), **change}
        for name, change in changes.items()
        if name not in types
    ]
    return changed + added


def _own() -> dict[str, Any]:
    return {"text": OWN, "as_of": own_figures().as_of or "", "confidence": "high"}
