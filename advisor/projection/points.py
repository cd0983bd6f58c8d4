"""Measured times of known operators, laid out as arrays for the fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.hardware import Hardware
from advisor.profiling.profile import Operator, Phase
from advisor.projection.columns import setup_columns
from advisor.projection.kernels import Calls, device_seconds
from advisor.projection.operators import Floats, operator_table
from advisor.projection.setup import Setup
from advisor.projection.time import Load, Work, host_calls, work


@dataclass(frozen=True)
class TimedPoint:
    """Seconds that a run of `operators` took, in that order.

    They ran on `batch_size` times the sequences (or samples) that they state. Times of the device
    alone, with no host in them, are those of a captured graph.
    """

    operators: tuple[Operator, ...]
    seconds: float
    setup: Setup = field(default_factory=Setup)
    batch_size: int = 1
    others: tuple[Operator, ...] = ()
    """What ran between its operators, and whose time does not count."""
    kernels_s: float | None = None
    """What its kernels took by themselves, where they were timed so."""

    @property
    def dtype(self) -> str:
        """The format it computes in: models begin with indices."""
        return max(self.operators, key=lambda each: each.multiply_adds).dtype


@dataclass(frozen=True)
class PointRows:
    """The operators of all points side by side: calls of shape (1, rows)."""

    calls: Calls
    repeats: Floats
    point: NDArray[np.intp]
    """Which point each row is of."""
    eager_launches: Floats
    """Shape (points,), as all that follow; 0 for other points."""
    compiled_launches: Floats
    modules: Floats
    attentions: Floats
    kernels_s: Floats
    """NaN where they were not timed by themselves."""
    seconds: Floats

    def projected(self, hardware: Hardware, useful: Floats | None = None) -> Floats:
        """Seconds of each point, shape (points,); `useful` as in `kernels.device_seconds`."""
        rows = device_seconds(self.calls, hardware, useful)[0] * self.repeats
        device = np.bincount(self.point, rows, len(self.seconds))
        efficiency = hardware.efficiency
        host = 1e-6 * (
            self.eager_launches * efficiency.dispatch_us.expected
            + self.compiled_launches * efficiency.launch_us.expected
        )
        return np.asarray(device + host if hardware.is_cpu else np.maximum(device, host))

    def class_seconds(self, hardware: Hardware) -> Floats:
        """Device seconds of each row, all its calls together."""
        return np.asarray(device_seconds(self.calls, hardware)[0] * self.repeats)


def point_rows(points: Sequence[TimedPoint], hardware: Hardware) -> PointRows:
    """Lay out `points`; only the peaks and the family of `hardware` are used."""
    found = [_work(point, hardware) for point in points]
    works = [each for each, _ in found]
    counts = [len(each.calls.kinds) for each in works]
    execution = np.array([point.setup.execution for point in points])
    launches = np.array([float(host_calls(each, hardware)[0]) for each in works])
    return PointRows(
        calls=_side_by_side([each.calls for each in works], counts),
        repeats=np.concatenate([repeats for _, repeats in found]),
        point=np.repeat(np.arange(len(points)), counts),
        eager_launches=np.where(execution == "eager", launches, 0.0),
        compiled_launches=np.where(execution == "compiled", launches, 0.0),
        modules=np.array([float(each.modules[0]) for each in works]),
        attentions=np.array([float(each.attentions[0]) for each in works]),
        kernels_s=np.array([_or_nan(point.kernels_s) for point in points]),
        seconds=np.array([point.seconds for point in points]),
    )


def _or_nan(seconds: float | None) -> float:
    return float("nan") if seconds is None else seconds


def _work(point: TimedPoint, hardware: Hardware) -> tuple[Work, Floats]:
    table = operator_table(Phase("forward", 1, point.operators))
    columns = setup_columns([point.setup], point.dtype, hardware)
    one = np.ones(1)
    return work(table, columns, Load(one * point.batch_size, one, one, one)), table.repeats


def _side_by_side(calls: Sequence[Calls], counts: Sequence[int]) -> Calls:
    kinds = np.concatenate([each.kinds for each in calls])
    joined = {
        field.name: np.concatenate(
            [
                np.broadcast_to(getattr(each, field.name), (1, count))
                for each, count in zip(calls, counts, strict=True)
            ],
            axis=1,
        )
        for field in fields(Calls)
        if field.name != "kinds"
    }
    return Calls(kinds=kinds, **joined)
