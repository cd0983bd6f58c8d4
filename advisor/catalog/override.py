"""Single figures of a workload or an organization changed by `key=value`, as `--set` gives them."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from advisor.catalog.convert import convert
from advisor.catalog.organization import Organization
from advisor.catalog.workload import Workload
from advisor.errors import CatalogError, UsageError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Profile = TypeVar("Profile", Workload, Organization)


def apply_overrides(
    workload: Workload, organization: Organization, settings: Sequence[str]
) -> tuple[Workload, Organization]:
    """Return both with `settings` applied, in order; a later one wins.

    A setting is `key=value` with a dotted key, such as `serving.prompt_tokens=2048`, and a value
    as TOML writes it; what is not TOML is taken as text. The key is looked up in the workload,
    then in the organization.

    Raises UsageError for a text without `=` or a key that neither has, CatalogError for a key
    unknown further down or a value out of its range.
    """
    for setting in settings:
        key, equals, text = setting.partition("=")
        path = [part.strip() for part in key.split(".")]
        if not equals or not all(path):
            raise UsageError(f"--set {setting!r}: expected key=value")
        origin = f"--set {setting}"
        if path[0] in _keys(workload):
            workload = _override(workload, path, _parse(text), origin)
        elif path[0] in _keys(organization):
            organization = _override(organization, path, _parse(text), origin)
        else:
            raise UsageError(
                f"{origin}: unknown key {path[0]!r}; "
                f"of the workload: {', '.join(_keys(workload))}; "
                f"of the organization: {', '.join(_keys(organization))}"
            )
    return workload, organization


def _override(profile: Profile, path: Sequence[str], value: object, origin: str) -> Profile:
    table = _table(dataclasses.asdict(profile))
    inner: Any = table
    for place, key in enumerate(path[:-1], start=1):
        inner = inner.setdefault(key, {})
        if not isinstance(inner, dict):
            raise CatalogError(f"{origin}: {'.'.join(path[:place])} has no keys below it")
    inner[path[-1]] = value
    identity = {"id": table.pop("id")}
    return convert(table, type(profile), origin, given=identity)


def _table(values: Mapping[str, Any]) -> dict[str, Any]:
    """As a file would hold it: what is None is absent."""
    return {
        key: _table(value) if isinstance(value, Mapping) else value
        for key, value in values.items()
        if value is not None
    }


def _keys(profile: Workload | Organization) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(profile) if field.name != "id")


def _parse(text: str) -> object:
    try:
        document = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text.strip()
    return document["value"] if len(document) == 1 else text.strip()
