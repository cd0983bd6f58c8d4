"""Tables read from a file become frozen dataclasses here, or an error that names the key."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import math
import reprlib
import types
from collections.abc import Mapping, Sequence
from typing import (
    Annotated,
    Any,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from advisor.catalog.quantity import Quantity, Within
from advisor.errors import CatalogError

T = TypeVar("T")
Table = Mapping[str, Any]


def convert(
    table: Table, kind: type[T], origin: str, given: Mapping[str, object] | None = None
) -> T:
    """Build `kind` from `table`; a plain number will do where a Quantity is expected.

    Args:
        table: nested tables, arrays and scalars as TOML or JSON give them.
        kind: a dataclass whose fields are dataclasses, mappings, tuples or scalars.
        origin: the file or flag that the table came from, for messages.
        given: fields that are known already and must not be in the table.

    Raises CatalogError with origin, dotted key, and what would have been accepted.
    """
    return cast("T", _Converter(origin).record(table, kind, (), given or {}))


@dataclasses.dataclass(frozen=True)
class _Converter:
    """Walks a table guided by type annotations; `path` is where it stands in the file."""

    origin: str

    def value(self, value: object, annotation: Any, path: tuple[str, ...]) -> object:
        annotation, optional = _without_none(annotation)
        if value is None and optional:
            return None
        core = _without_metadata(annotation)
        if core is Quantity:
            return self.quantity(value, annotation, path)
        if dataclasses.is_dataclass(core):
            return self.record(value, cast("type", core), path, {})
        if get_origin(core) is Mapping:
            key_kind, item = get_args(core)
            return self.mapping(value, key_kind, item, path)
        if get_origin(core) is tuple:
            return self.array(value, get_args(core)[0], path)
        return self.scalar(value, annotation, path)

    def record(
        self, value: object, kind: type, path: tuple[str, ...], given: Mapping[str, object]
    ) -> object:
        table = self.table(value, path)
        annotations = _annotations(kind)
        allowed = [name for name in annotations if name not in given]
        for key in table:
            if key not in allowed:
                raise self.unknown_key((*path, key), allowed)
        values = dict(given)
        for name in _without_default(kind):
            if name in table or name in given:
                continue
            if not _without_none(annotations[name])[1]:
                raise self.error((*path, name), f"missing; required by {kind.__name__}")
            values[name] = None
        for key, each in table.items():
            values[key] = self.value(each, annotations[key], (*path, key))
        try:
            return kind(**values)
        except ValueError as error:
            raise self.error(path, str(error)) from error

    def quantity(self, value: object, annotation: Any, path: tuple[str, ...]) -> Quantity:
        if _is_number(value):
            value = dict.fromkeys(("low", "expected", "high"), value)
        if not isinstance(value, Mapping):
            accepted = "a number or a table {low, expected, high}"
            raise self.error(path, f"Expected {accepted}, got {reprlib.repr(value)}")
        figure = cast("Quantity", self.record(value, Quantity, path, {}))
        bounds = [each for each in _metadata(annotation) if isinstance(each, Within)]
        within = bounds[0] if bounds else Within()
        if figure.low < within.least or figure.high > within.most:
            span = f"{figure.low:g} to {figure.high:g}"
            raise self.error(path, f"Expected {within}, got {span}")
        return figure

    def table(self, value: object, path: tuple[str, ...]) -> Table:
        if not isinstance(value, Mapping):
            raise self.error(path, f"Expected a table, got {reprlib.repr(value)}")
        return value

    def mapping(
        self, value: object, key_kind: Any, item: Any, path: tuple[str, ...]
    ) -> dict[str, object]:
        items = self.table(value, path).items()
        if get_origin(key_kind) is Literal:
            for key, _ in items:
                if key not in get_args(key_kind):
                    raise self.unknown_key((*path, key), get_args(key_kind))
        return {key: self.value(each, item, (*path, key)) for key, each in items}

    def array(self, value: object, item: Any, path: tuple[str, ...]) -> tuple[object, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise self.error(path, f"Expected an array, got {reprlib.repr(value)}")
        place, last = path[:-1], path[-1]
        return tuple(
            self.value(each, item, (*place, f"{last}[{index}]")) for index, each in enumerate(value)
        )

    def scalar(self, value: object, annotation: Any, path: tuple[str, ...]) -> object:
        core = _without_metadata(annotation)
        if get_origin(core) is Literal and value not in get_args(core):
            choices = ", ".join(map(repr, get_args(core)))
            raise self.error(path, f"Expected one of {choices}, got {reprlib.repr(value)}")
        if isinstance(value, float) and not math.isfinite(value):
            raise self.error(path, f"Expected a finite number, got {value}")
        try:
            return msgspec.convert(value, type=annotation)
        except msgspec.ValidationError as error:
            expected = str(error).partition(", got")[0]
            raise self.error(path, f"{expected}, got {reprlib.repr(value)}") from error

    def unknown_key(self, path: tuple[str, ...], allowed: Sequence[str]) -> CatalogError:
        close = difflib.get_close_matches(path[-1], allowed, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        return self.error(path, f"unknown key; allowed: {', '.join(allowed)}{hint}")

    def error(self, path: tuple[str, ...], message: str) -> CatalogError:
        return CatalogError(": ".join(filter(None, (self.origin, ".".join(path), message))))


@functools.cache
def _annotations(kind: type) -> Mapping[str, Any]:
    """Annotations of a dataclass's fields, in order, with their constraints."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _without_default(kind: Any) -> tuple[str, ...]:
    missing = dataclasses.MISSING
    fields = dataclasses.fields(kind)
    return tuple(f.name for f in fields if f.default is missing and f.default_factory is missing)


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """Split `X | None` into X and whether None is allowed."""
    if get_origin(annotation) not in (Union, types.UnionType):
        return annotation, False
    (arm,) = (arm for arm in get_args(annotation) if arm is not types.NoneType)
    return arm, True


def _without_metadata(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _metadata(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
