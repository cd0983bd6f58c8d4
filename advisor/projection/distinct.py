"""Setups that differ only in what concerns neither time nor memory are evaluated once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from advisor.projection.scenario import Evidence
from advisor.projection.setup import Setup

T = TypeVar("T")
_PAID = frozenset({
    "serving_purchase", "training_purchase", "effort_days", "quality_drop", "weights_masked",
    "labels_chosen", "autoscaling_delay_minutes", "scale_to_zero_after_minutes",
})  # fmt: skip
"""How a setup is paid for and what it costs in quality; masked weights are computed as others."""
_RUN = attrgetter(*(field.name for field in fields(Setup) if field.name not in _PAID))


def distinct(
    setups: Sequence[Setup], known: Sequence[Evidence]
) -> tuple[list[int], NDArray[np.intp]]:
    """Indices of setups that run differently, and for each setup which of those it runs as."""
    places: dict[tuple[object, ...], int] = {}
    first: list[int] = []
    where = np.empty(len(setups), dtype=np.intp)
    for index, (setup, evidence) in enumerate(zip(setups, known, strict=True)):
        key = (_RUN(setup), evidence.latency_ratio, evidence.memory_ratio)
        place = places.setdefault(key, len(first))
        if place == len(first):
            first.append(index)
        where[index] = place
    return first, where


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
