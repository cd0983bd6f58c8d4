"""Single figures of a workload or an organization changed by `key=value`, as `--set` gives them."""

from __future__ import annotations

import dataclasses
import difflib
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from advisor.catalog.convert import convert
from advisor.catalog.hardware import Hardware
from advisor.catalog.organization import Organization
from advisor.catalog.workload import Workload
from advisor.errors import CatalogError, UsageError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Profile = TypeVar("Profile", Workload, Organization, Hardware)


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
                f"of the organization: {', '.join(_keys(organization))}; "
                f"of the hardware: {', '.join(_keys(Hardware))}"
                f"{_hint(path[0], workload, organization)}"
            )
    return workload, organization


def _hint(key: str, *profiles: Workload | Organization) -> str:
    known = [name for profile in (*profiles, Hardware) for name in _keys(profile)]
    close = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def split_settings(settings: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those whose key is of the hardware alone (`link.…`, `memory.…`), and the others."""
    others = {*_keys(Workload), *_keys(Organization)}
    own = set(_keys(Hardware)) - others
    of_hardware = tuple(each for each in settings if _first_key(each) in own)
    return of_hardware, tuple(each for each in settings if each not in of_hardware)


def override_hardware(hardware: Hardware, settings: Sequence[str]) -> Hardware:
    """`hardware` with the settings that `split_settings` found to be its own, in order.

    Raises UsageError and CatalogError as `apply_overrides` does.
    """
    for setting in settings:
        key, equals, text = setting.partition("=")
        path = [part.strip() for part in key.split(".")]
        if not equals or not all(path):
            raise UsageError(f"--set {setting!r}: expected key=value")
        hardware = _override(hardware, path, _parse(text), f"--set {setting}")
    return hardware


def _first_key(setting: str) -> str:
    return setting.partition("=")[0].partition(".")[0].strip()


def _override(profile: Profile, path: Sequence[str], value: object, origin: str) -> Profile:
    table = _table(dataclasses.asdict(profile))
    inner: Any = table
    for place, key in enumerate(path[:-1], start=1):
        inner = inner.setdefault(key, {})
        if not isinstance(inner, dict):
            raise CatalogError(f"{origin}: {'.'.join(path[:place])} has no keys below it")
    inner[path[-1]] = _sourced(inner.get(path[-1]), value, origin)
    identity = {"id": table.pop("id")}
    return convert(table, type(profile), origin, given=identity)


def _sourced(old: object, value: object, origin: str) -> object:
    """A plain number in the place of a figure with a range: it is the user's from here on."""
    ranged = isinstance(old, dict) and "expected" in old
    if not ranged or not isinstance(value, (int, float)):
        return value
    source = {"text": origin, "as_of": "as given", "confidence": "high"}
    return {"low": value, "expected": value, "high": value, "source": source}


def _table(values: Mapping[str, Any]) -> dict[str, Any]:
    """As a file would hold it: what is None is absent."""
    return {
        key: _table(value) if isinstance(value, Mapping) else value
        for key, value in values.items()
        if value is not None
    }


def _keys(profile: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(profile) if field.name != "id")


def _parse(text: str) -> object:
    try:
        document = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text.strip()
    return document["value"] if len(document) == 1 else text.strip()
