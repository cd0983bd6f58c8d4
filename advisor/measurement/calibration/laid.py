"""The points of a calibration sorted into classes: kernel, number format and operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.hardware import Hardware
from advisor.projection.curves import FORMATS, KERNELS, label_names
from advisor.projection.kernels import Calls, evicted
from advisor.projection.points import PointRows, TimedPoint, point_rows

COMPOSITE_CLASSES = 4
TINY_BYTES = 2**15
"""Moved by an operator, on average."""


@dataclass(frozen=True)
class Share:
    """The rows of one class: their calls, and where they stand among all rows."""

    name: str
    rows: NDArray[np.intp]
    calls: Calls
    points: NDArray[np.intp]
    """The points that tell of this class: those that hold no other, where there are any.

    Composite points tell of none: what the host takes in them would be taken for an operator's.
    """
    alone: bool


@dataclass(frozen=True)
class Laid:
    rows: PointRows
    shares: tuple[Share, ...]
    composite: NDArray[np.bool_]
    """Points of several kinds of operators, run by modules within modules as models are."""
    evictions: NDArray[np.float64]
    """How often the host's own code was put out of the nearest caches, by operators or others."""
    tiny: NDArray[np.bool_]
    """Of the composite ones, those of which nearly all is the host's, their operators so small."""


def lay(points: Sequence[TimedPoint], hardware: Hardware, refill_bytes: float) -> Laid:
    """Sort the rows of `points` into classes; the nearest caches hold `refill_bytes`."""
    rows = point_rows(points, hardware)
    names = np.array(class_names(rows.calls))
    counts = [len(set(names[rows.point == index])) for index in range(len(points))]
    composite = np.array(counts) >= COMPOSITE_CLASSES
    # A chain of one operator has next to no Python around it.
    calls = replace(rows.calls, interpreted=composite[rows.point][None].astype(float))
    rows = replace(rows, calls=calls)
    shares = []
    for name in dict.fromkeys(names):
        chosen = np.flatnonzero(names == name)
        holding = np.unique(rows.point[chosen])
        pure = holding[[counts[index] == 1 for index in holding]]
        calls = _part(rows.calls, chosen)
        alone = len(pure) > 0
        few = holding[[counts[index] < COMPOSITE_CLASSES for index in holding]]
        shares.append(Share(str(name), chosen, calls, pure if alone else few, alone))
    out = evicted(rows.calls, refill_bytes)[0] * rows.repeats
    evictions = rows.evictions + np.bincount(rows.point, out, len(points))
    return Laid(rows, tuple(shares), composite, evictions, composite & _is_tiny(rows))


def _is_tiny(rows: PointRows) -> NDArray[np.bool_]:
    moved = np.bincount(rows.point, rows.calls.moved_bytes[0] * rows.repeats, len(rows.seconds))
    return np.asarray(moved < TINY_BYTES * rows.eager_launches)


def class_names(calls: Calls) -> list[str]:
    """The finest class of each row: kernel, number format and operator."""
    known = label_names()
    rows = zip(calls.kinds, calls.formats[0], calls.labels[0], strict=True)
    return [
        f"{KERNELS[kind]}/{FORMATS[number_format]}/{known[label]}"
        for kind, number_format, label in rows
    ]


def _part(calls: Calls, chosen: NDArray[np.intp]) -> Calls:
    """Some rows, as calls of the only class of a model that has but one."""
    values = {field.name: getattr(calls, field.name)[..., chosen] for field in fields(Calls)}
    return Calls(**{**values, "kinds": np.zeros(len(chosen), dtype=np.intp)})


def kernel_of(name: str) -> str:
    return name.partition("/")[0]


def format_of(name: str) -> str:
    return name.split("/")[1]
