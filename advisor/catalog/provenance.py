"""Every figure of a profile with the source it stands on: where does this number come from?"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from advisor.catalog.quantity import Quantity, Source


@dataclass(frozen=True)
class Figure:
    """One key of a profile; `value` is None where it is not known."""

    key: str
    value: Quantity | float | str | bool | None
    source: Source | None


def figures(profile: object) -> Iterator[Figure]:
    """Every key of a catalogue dataclass, dotted; a figure without a source has its block's."""
    yield from _walk(profile, "", None)


def _walk(value: object, key: str, source: Source | None) -> Iterator[Figure]:
    if isinstance(value, Quantity):
        yield Figure(key, value, value.source or source)
    elif dataclasses.is_dataclass(value):
        own = getattr(value, "source", None) or source
        for field in dataclasses.fields(value):
            if field.name != "source":
                yield from _walk(getattr(value, field.name), _joined(key, field.name), own)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _walk(each, _joined(key, str(name)), source)
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from _walk(each, f"{key}[{index}]", source)
    else:
        assert value is None or isinstance(value, int | float | str)
        yield Figure(key, value, source)


def _joined(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
