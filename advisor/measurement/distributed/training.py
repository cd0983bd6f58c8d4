"""What all ranks do together: train, in turn with one process that takes the batches whole."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TypeVar

import torch
import torch.distributed as dist

from advisor.errors import ModelError, StrategyError
from advisor.measurement import environment, timing
from advisor.measurement.distributed.place import FIRST, Place
from advisor.measurement.distributed.result import (
    DistributedMeasurement,
    DistributedRequest,
    RankRun,
)
from advisor.measurement.distributed.shares import Shared, shared, told_of
from advisor.measurement.distributed.traffic import Meter
from advisor.measurement.trainee import Trainee
from advisor.measurement.training_data import Batch, Batches, training_batches
from advisor.measurement.training_result import TrainingRun
from advisor.measurement.training_run import WARM_UP_STEPS, as_run, warm_up
from advisor.measurement.variant import applied, blaming, load_on
from advisor.models.loaded import LoadedModel
from advisor.strategies.selection import Selection, parse_selection
from advisor.strategies.strategy import DISTRIBUTE

SEED = 20260101
_SETTLE_S = 0.05
"""Longer than Linux holds back an acknowledgement (40 ms)."""
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class _Told:
    """What one rank tells the others in the end."""

    rank: RankRun
    losses: tuple[float, ...]
    one: TrainingRun | None
    losses_of_one: tuple[float, ...] | None


def measure(request: DistributedRequest, place: Place) -> DistributedMeasurement:
    """Every rank returns the same; raises as `train_job.run` does."""
    started = time.perf_counter()
    chosen = parse_selection(",".join(request.choices))
    name = f"{request.model.reference} with {', '.join(map(str, chosen))}"
    place.note.say(f"loading {request.model.reference}", 0.05)
    loaded = _loaded(request, place)
    steps = request.steps + WARM_UP_STEPS
    data = shared(training_batches(loaded, place.device), steps, request.model.reference, place)
    one = _one_process(request, chosen, loaded, data, place) if place.is_first else None
    place.note.say(f"applying {', '.join(map(str, chosen))}", 0.3)
    with blaming(StrategyError, f"{name}: cannot be trained"):
        ranked = _seeded(lambda: applied(loaded, chosen))
        mine = Trainee(ranked, _noted(data.part, steps, place), request.learning_rate)
    with blaming(StrategyError, f"{name}: a training step failed"):
        told = _run(request, one, mine, place)
    everyone: list[_Told] = place.gathered(told)
    first = everyone[FIRST]
    return DistributedMeasurement(
        request=request,
        backend=dist.get_backend(),
        threads=torch.get_num_threads(),
        ranks=tuple(each.rank for each in everyone),
        one=first.one,
        losses=tuple(map(statistics.fmean, zip(*(each.losses for each in everyone), strict=True))),
        losses_of_one=first.losses_of_one,
        environment=environment.describe(place.device),
        taken_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        elapsed_s=time.perf_counter() - started,
        notes=tuple(told_of(loaded, data, one_fits=first.one is not None)),
    )


def _loaded(request: DistributedRequest, place: Place) -> LoadedModel:
    """The model with the first rank's weights: a factory may draw them from anywhere."""
    model = _seeded(lambda: load_on(request.model, place.device))
    with torch.no_grad():
        for tensor in (*model.module.parameters(), *model.module.buffers()):
            dist.broadcast(tensor, FIRST)
    return model


def _seeded(make: Callable[[], _Value]) -> _Value:
    """What is drawn at random is the same on all ranks, and for the one process."""
    torch.manual_seed(SEED)
    return make()


def _one_process(
    request: DistributedRequest, chosen: Selection, loaded: LoadedModel, data: Shared, place: Place
) -> Trainee | None:
    """What takes the batches whole, with what else was chosen; None where memory does not do."""
    place.note.say("training in one process", 0.1)
    others = tuple(each for each in chosen if each.strategy.stage != DISTRIBUTE)
    with blaming(ModelError, f"{request.model.reference}: one process failed to train"):
        try:
            twin = load_on(request.model, place.device)
            twin.module.load_state_dict(loaded.module.state_dict())
            twin = _seeded(lambda: applied(twin, others))
            trainee = Trainee(twin, _noted(data.whole, request.steps, place), request.learning_rate)
            warm_up(trainee, timing.Stopwatch(place.device))
        except torch.OutOfMemoryError:
            return None
    return trainee


def _noted(data: Batches, steps: int, place: Place) -> Batches:
    """`data`, and each pass over it is said: where a rank hangs, that is what it was doing."""
    step = 0

    def say(which: str) -> None:
        place.note.say(f"in the {which} pass of step {step + 1}", 0.3 + 0.6 * min(step / steps, 1))

    def batch(asked: int) -> Batch:
        nonlocal step
        step = asked
        return data.batch(asked)

    def loss(module: torch.nn.Module, *tensors: torch.Tensor) -> torch.Tensor:
        say("forward")
        found = data.loss(module, *tensors)
        say("backward")
        return found

    return replace(data, batch=batch, loss=loss)


def _run(request: DistributedRequest, one: Trainee | None, mine: Trainee, place: Place) -> _Told:
    """Time both in turn, then what the ranks hold and send."""
    stopwatch = timing.Stopwatch(place.device)
    warm_up(mine, stopwatch)
    alone, together = _take_turns(request.steps, one, mine, stopwatch)
    losses = tuple(mine.losses)
    losses_of_one = None if one is None else tuple(one.losses)
    place.note.say("reading memory and traffic", 0.9)
    meter = Meter(place.ranks)
    with meter.counting(_settle):
        mine.step()
    own = RankRun(
        rank=place.rank,
        host=platform.node(),
        device_name=environment.device_name(place.device),
        run=as_run(mine, timing.spread(together), place.device),
        traffic=meter.traffic(by_sockets=place.device.type == "cpu"),
    )
    of_one = None if one is None else as_run(one, timing.spread(alone), place.device)
    return _Told(own, losses, of_one, losses_of_one)


def _take_turns(
    steps: int, one: Trainee | None, mine: Trainee, stopwatch: timing.Stopwatch
) -> tuple[list[float], list[float]]:
    """Seconds of the steps of one process, with the other ranks at rest, and of this rank's.

    Which goes first changes with each turn, on all ranks alike.
    """
    alone: list[float] = []
    together: list[float] = []

    def take_whole() -> None:
        if one is not None:
            alone.append(stopwatch.time_s(one.step))

    def take_part() -> None:
        together.append(stopwatch.time_s(mine.step))

    for turn in range(steps):
        for take in (take_whole, take_part) if turn % 2 == 0 else (take_part, take_whole):
            dist.barrier()
            take()
    return alone, together


def _settle() -> None:
    """Until every rank has what was sent to it, and has said so."""
    dist.barrier()
    time.sleep(_SETTLE_S)
