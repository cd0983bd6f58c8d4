"""The points of a calibration sorted into classes: kernel, number format and operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.hardware import Hardware
from advisor.projection.curves import FORMATS, KERNELS, label_names
from advisor.projection.kernels import Calls, evicted, kernel_labels
from advisor.projection.points import PointRows, TimedPoint, point_rows

COMPOSITE_CLASSES = 4


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
    of_host: NDArray[np.bool_]
    """Those whose kernels were timed by themselves: they tell what the host takes beside them."""
    others: PointRows | None
    """What ran between the operators of those that something ran between."""

    def evictions(self, refill_bytes: float, refill_s: float) -> NDArray[np.float64]:
        """How often the host's own code was put out of the caches, shape (points,)."""
        found = np.zeros(len(self.rows.seconds))
        for each in (self.rows, self.others):
            if each is None:
                continue
            shares = evicted(each.calls, refill_bytes, refill_s)[0] * each.repeats
            found += np.bincount(each.point, shares, len(found))
        return found


def lay(points: Sequence[TimedPoint], hardware: Hardware) -> Laid:
    """Sort the rows of `points` into classes."""
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
    of_host = np.isfinite(rows.kernels_s)
    return Laid(rows, tuple(shares), composite, of_host, _others(points, hardware))


def _others(points: Sequence[TimedPoint], hardware: Hardware) -> PointRows | None:
    among = [index for index, point in enumerate(points) if point.others]
    if not among:
        return None
    drawn = [replace(points[index], operators=points[index].others) for index in among]
    rows = point_rows(drawn, hardware)
    return replace(rows, point=np.array(among)[rows.point])


def class_names(calls: Calls) -> list[str]:
    """The finest class of each row: kernel, number format and operator."""
    known = label_names()
    labels = np.atleast_2d(kernel_labels(calls))[0]
    rows = zip(calls.kinds, calls.formats[0], labels, strict=True)
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
