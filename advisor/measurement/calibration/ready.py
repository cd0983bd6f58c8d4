"""A point made ready to be timed: its module in a number format, on a device, and its operators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import torch
from torch import nn

from advisor.measurement.calibration.others import Others, interruptions
from advisor.measurement.calibration.point import Branches, Built, Point
from advisor.measurement.calibration.replay import Replay
from advisor.measurement.calibration.timing import Sample, Timing, sample, time_round, timing_of
from advisor.measurement.timing import Stopwatch
from advisor.models.loaded import LoadedModel
from advisor.profiling.counting import runnable_replica
from advisor.profiling.profile import Operator
from advisor.profiling.work import count_work
from advisor.projection.points import TimedPoint
from advisor.strategies.selection import apply_selection, parse_selection, setup_for

_ALIGNED = 64
"""Bytes at a multiple of which PyTorch's allocators begin a tensor."""
_CHUNK_BYTES = 72 * 2**20


class Weights:
    """Stretches of memory, one a number format, that the weights of all points lie in.

    Points are timed one after the other and what their weights hold does not matter, so that they
    can all stay built, and none of them has to be written again for the next round.
    """

    def __init__(self, on: torch.device) -> None:
        self._on = on
        self._whole: dict[torch.dtype, torch.Tensor] = {}

    def place(self, module: nn.Module) -> nn.Module:
        """Give the parameters and buffers of `module`, all of them without data, theirs."""
        placed: dict[int, torch.Tensor] = {}
        taken = 0
        for owner in module.modules():
            held = [*owner.named_parameters(recurse=False), *owner.named_buffers(recurse=False)]
            for name, empty in held:
                if id(empty) not in placed:
                    found = self._part(empty, taken)
                    taken += -(-found.nbytes // _ALIGNED) * _ALIGNED
                    trained = isinstance(empty, nn.Parameter)
                    placed[id(empty)] = (
                        nn.Parameter(found, requires_grad=False) if trained else found
                    )
                setattr(owner, name, placed[id(empty)])
        return module

    def _part(self, empty: torch.Tensor, taken: int) -> torch.Tensor:
        if not empty.is_floating_point():
            return torch.zeros(empty.shape, dtype=empty.dtype, device=self._on)
        item = empty.dtype.itemsize
        first, count = taken // item, empty.numel()
        whole = self._whole.get(empty.dtype)
        if whole is None or whole.numel() < first + count:
            size = max(_CHUNK_BYTES // item, first + count)
            whole = torch.full((size,), 0.01, dtype=empty.dtype, device=self._on)
            self._whole[empty.dtype] = whole
        return whole[first : first + count].view(empty.shape)


@dataclass(frozen=True)
class Ready:
    """A point, the operators that its module runs, and the runs that were timed so far."""

    point: Point
    dtype: torch.dtype
    operators: tuple[Operator, ...]
    module: nn.Module
    inputs: tuple[torch.Tensor, ...]
    samples: list[Sample] = field(default_factory=list)
    replay: Replay | None = None
    kernel_samples: list[Sample] = field(default_factory=list)

    def time(self, stopwatch: Stopwatch, limit_s: float, others: Others | None = None) -> None:
        """One more round, with `others` between its runs where it has none of its own."""
        with torch.no_grad():
            self.samples.extend(time_round(lambda: self._sample(stopwatch, others), limit_s))
            if self.replay is not None and others is not None:
                kernels = self._kernels(self.replay, stopwatch, others)
                self.kernel_samples.extend(time_round(kernels, limit_s))

    def _run(self) -> None:
        self.module(*self.inputs)

    def _sample(self, stopwatch: Stopwatch, others: Others | None) -> Sample:
        if others is not None and self.point.interrupted_by:
            with others.within(self.module, self.point.interrupted_by) as spent:
                taken = sample(stopwatch, self._run)
            return replace(taken, others=len(spent), others_s=sum(spent))
        if others is not None and not self.point.is_model:
            others.run(self.inputs)
        return sample(stopwatch, self._run)

    def _kernels(
        self, replay: Replay, stopwatch: Stopwatch, others: Others
    ) -> Callable[[], Sample]:
        """What times them as kernels of other points are: those of an interrupted model cold."""

        def once() -> Sample:
            if not self.point.interrupted_by:
                return sample(stopwatch, replay.run)
            spent: list[float] = []
            taken = sample(stopwatch, lambda: spent.extend(replay.run_among(others.push_out)))
            return replace(taken, others_s=sum(spent))

        return once

    @property
    def timing(self) -> Timing:
        return timing_of(self.samples)

    def as_timed_point(self) -> TimedPoint:
        chosen = parse_selection(self.point.strategies)
        times, rows = self.samples[-1].others, self.point.interrupted_by
        return TimedPoint(
            self.operators,
            self.timing.seconds,
            setup_for(chosen),
            others=(interruptions(rows, times),) if times else (),
            kernels_s=timing_of(self.kernel_samples).seconds if self.kernel_samples else None,
        )


def ready(point: Point, dtype: torch.dtype, weights: Weights, on: torch.device) -> Ready:
    """Build, profile as it came, and apply the strategies that it is timed with."""
    module, inputs = built(point, dtype, weights, on)
    operators = _operators(point, module, inputs)
    if point.strategies:
        model = LoadedModel(point.text, module, inputs)
        module = apply_selection(model, parse_selection(point.strategies)).module
    replay = Replay(module, inputs) if point.of_host and on.type == "cpu" else None
    return Ready(point, dtype, operators, module, inputs, replay=replay)


def built(point: Point, dtype: torch.dtype, weights: Weights, on: torch.device) -> Built:
    """The module of `point` and its inputs."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device("meta"):
            module, inputs = point.build()
    finally:
        torch.set_default_dtype(before)
    return weights.place(module.eval()), tuple(_filled(each, on) for each in inputs)


def _filled(empty: torch.Tensor, on: torch.device) -> torch.Tensor:
    if empty.is_floating_point():
        return torch.rand(empty.shape, dtype=empty.dtype, device=on)
    return torch.arange(empty.numel(), dtype=empty.dtype, device=on).view(empty.shape)


def _operators(
    point: Point, module: nn.Module, inputs: tuple[torch.Tensor, ...]
) -> tuple[Operator, ...]:
    alike = len(module.layers) if isinstance(module, Branches) else 1
    profiled = Branches(list(module.layers)[:1]) if isinstance(module, Branches) else module
    model = LoadedModel(point.text, profiled, inputs, weights="random")
    rows = count_work(model, runnable_replica(model), None).phases[0].operators
    return tuple(replace(row, repeats=row.repeats * alike) for row in rows)
