"""Setups that a part of the bill cannot tell apart are evaluated once for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from advisor.profiling.profile import ModelProfile
from advisor.projection.matters import told_apart
from advisor.projection.parts import Part, reader
from advisor.projection.scenario import Evidence
from advisor.projection.setup import Setup

T = TypeVar("T")


def distinct(
    profile: ModelProfile, setups: Sequence[Setup], known: Sequence[Evidence], part: Part
) -> tuple[list[int], NDArray[np.intp]]:
    """Indices of setups that `part` can tell apart, and for each setup which of those it is."""
    read = reader(part)
    places: dict[tuple[object, ...], int] = {}
    first: list[int] = []
    where = np.empty(len(setups), dtype=np.intp)
    for index, (setup, evidence) in enumerate(zip(setups, known, strict=True)):
        key = (read(told_apart(profile, setup)), evidence.latency_ratio, evidence.memory_ratio)
        place = places.setdefault(key, len(first))
        if place == len(first):
            first.append(index)
        where[index] = place
    return first, where


def joined(parts: Sequence[T]) -> T:
    """Dataclasses of arrays of shape (setups, …) as one, the rows of the first part first.

    What is no array is taken from the first.
    """
    first = parts[0]
    if not is_dataclass(first) or isinstance(first, type):
        raise TypeError(f"{type(first).__name__} is no dataclass of arrays")
    if len(parts) == 1:
        return first
    found: dict[str, Any] = {}
    for field in fields(first):
        values = [getattr(part, field.name) for part in parts]
        if isinstance(values[0], np.ndarray):
            found[field.name] = np.concatenate(values)
        elif is_dataclass(values[0]) and not isinstance(values[0], type):
            found[field.name] = joined(values)
        else:
            found[field.name] = values[0]
    return type(first)(**found)


def taken(values: T, where: NDArray[np.intp] | slice) -> T:
    """A dataclass of arrays of shape (distinct setups, …) as one of the rows `where` says."""
    if not is_dataclass(values) or isinstance(values, type):
        raise TypeError(f"{type(values).__name__} is no dataclass of arrays")
    found: dict[str, Any] = {}
    for field in fields(values):
        value = getattr(values, field.name)
        if isinstance(value, np.ndarray):
            value = value[where]
        elif is_dataclass(value) and not isinstance(value, type):
            value = taken(value, where)
        found[field.name] = value
    return type(values)(**found)
