"""Where no setup keeps every limit: which limit binds, and how far it would have to give way.

Each limit is lifted alone, the others kept. Where a setup is found then, the limit is drawn in
again as long as one is. Setups are found by climbing, always to what breaks the limits least: one
that does it is named, and a smaller step might do. Where lifting none alone helps, two that help
together contradict each other.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from advisor.advice.aim import allowed_days
from advisor.advice.goal import Goal
from advisor.advice.space import Choices, Row
from advisor.advice.start import brought_within, rows_alone
from advisor.projection.engine import evaluate
from advisor.projection.scenario import Scenario
from advisor.strategies.selection import Choice, Selection, setup_for

Asked = tuple[Scenario, Goal]
Unit = Literal["ms", "fraction", "GiB", "days", "USD"]
NEAR = 0.05
"""The value is drawn in to within this share of it: projections are off by more."""
LARGEST_MEMORY = 64.0
"""Times the part's own: no accelerator has more, whatever is asked."""
WHOLE = 1.0
LARGEST = 1e6
"""Of what has no other bound: milliseconds, days or dollars beyond what anybody plans."""
LEAST = 1e-4
"""A limit of nothing at all is not drawn in further than this, in its own unit."""


@dataclass(frozen=True)
class Limit:
    """Something that may give way: its value now, the most that makes sense, and how to set it."""

    name: str
    unit: Unit
    value: float
    most: float
    at: Callable[[Asked, float], Asked]


@dataclass(frozen=True)
class Relaxation:
    """One limit, or two that contradict each other, lifted until a setup keeps all the others.

    `needed` are values that do, in the order of `limits`; of two, the first is what does beside the
    other lifted whole. `chosen` is a setup that keeps them, not the cheapest.
    """

    limits: tuple[Limit, ...]
    needed: tuple[float, ...]
    chosen: Selection
    usd_per_month: float


def relaxations(scenario: Scenario, choices: Choices, goal: Goal) -> tuple[Relaxation, ...]:
    """What would help, the smallest step as a multiple of its limit first.

    Empty where not even lifting two limits helps.
    """
    asked, limits = (scenario, goal), list(limits_of(scenario, goal))
    alone = rows_alone(scenario, choices)
    found = [each for limit in limits if (each := _lifted(asked, alone, (limit,)))]
    if not found:
        pairs = itertools.combinations(limits, 2)
        found = [each for pair in pairs if (each := _lifted(asked, alone, pair))][:1]
    return tuple(sorted(found, key=_stretch))


def limits_of(scenario: Scenario, goal: Goal) -> Iterator[Limit]:
    """The limits that the scenario and the goal set."""
    serving = scenario.workload.serving
    for name, key in (
        ("latency", "latency_objective_ms"),
        ("time to first token", "time_to_first_token_ms"),
        ("time per output token", "time_per_output_token_ms"),
    ):
        value = getattr(serving, key)
        if value is not None and serving.requests_per_month > 0:
            yield Limit(name, "ms", value, LARGEST, _at_serving(key))
    yield Limit("quality", "fraction", scenario.workload.quality.max_drop, WHOLE, _at_quality)
    room = scenario.hardware.memory.capacity_gib
    yield Limit("memory of an accelerator", "GiB", room, room * LARGEST_MEMORY, _at_memory)
    if goal.max_days is not None:
        yield Limit("days of work", "days", goal.max_days, LARGEST, _at_days)
    if goal.max_up_front_usd is not None:
        yield Limit("cost of the work", "USD", goal.max_up_front_usd, LARGEST, _at_up_front)


def _lifted(
    asked: Asked, alone: Mapping[Choice, Row], limits: tuple[Limit, ...]
) -> Relaxation | None:
    """None where no setup is found that keeps the others."""
    free = asked
    for limit in limits:
        free = limit.at(free, limit.most)
    if (found := _kept(free, alone, Row())) is None:
        return None
    first = limits[0]
    low, high = max(first.value, LEAST), first.most
    while high > low * (1 + NEAR):
        middle = math.sqrt(low * high)
        nearer = _kept(first.at(free, middle), alone, found)
        low, high = (low, middle) if nearer is not None else (middle, high)
        found = nearer or found
    needed = (high, *(limit.most for limit in limits[1:]))
    usd = evaluate(asked[0], [setup_for(found.chosen)]).usd_per_month
    return Relaxation(limits, needed, found.chosen, float(usd[0]))


def _kept(asked: Asked, alone: Mapping[Choice, Row], near: Row) -> Row | None:
    return brought_within(asked[0], alone, near, allowed_days(*asked))


def _stretch(found: Relaxation) -> float:
    first = found.limits[0]
    return found.needed[0] / first.value if first.value > 0 else math.inf


def _at_serving(key: str) -> Callable[[Asked, float], Asked]:
    def at(asked: Asked, value: float) -> Asked:
        workload = asked[0].workload
        serving = replace(workload.serving, **{key: value})  # type: ignore[arg-type]
        return replace(asked[0], workload=replace(workload, serving=serving)), asked[1]

    return at


def _at_quality(asked: Asked, value: float) -> Asked:
    workload = asked[0].workload
    quality = replace(workload.quality, max_drop=value)
    return replace(asked[0], workload=replace(workload, quality=quality)), asked[1]


def _at_memory(asked: Asked, value: float) -> Asked:
    hardware = asked[0].hardware
    memory = replace(hardware.memory, capacity_gib=value)
    return replace(asked[0], hardware=replace(hardware, memory=memory)), asked[1]


def _at_days(asked: Asked, value: float) -> Asked:
    return asked[0], replace(asked[1], max_days=value)


def _at_up_front(asked: Asked, value: float) -> Asked:
    return asked[0], replace(asked[1], max_up_front_usd=value)
