"""Where no setup keeps every limit: which limit binds, and the least it would have to give way.

Each limit is lifted alone, the others kept. Where that leaves a setup, the limit is drawn in again
until none is left; each answer is an exact search. Where lifting none alone helps, two that help
together contradict each other.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from advisor.advice.goal import Goal
from advisor.advice.search import Found, best_setup
from advisor.advice.space import Choices
from advisor.projection.scenario import Scenario
from advisor.strategies.selection import Selection

Asked = tuple[Scenario, Goal]
Unit = Literal["ms", "fraction", "GiB", "days", "USD"]
NEAR = 0.05
"""The least value is found to within this share of it: projections are off by more."""
LARGEST_MEMORY = 64.0
"""Times the part's own: no accelerator has more, whatever is asked."""
WHOLE = 1.0
UNBOUNDED = 1e12
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

    `needed` are the least values, within `NEAR`, in the order of `limits`; of two, the first is
    the least beside the other lifted whole.
    """

    limits: tuple[Limit, ...]
    needed: tuple[float, ...]
    chosen: Selection
    usd_per_month: float


def relaxations(scenario: Scenario, choices: Choices, goal: Goal) -> tuple[Relaxation, ...]:
    """What would help, the smallest relaxation as a multiple of its limit first.

    Empty where not even lifting two limits leaves a setup.
    """
    asked, limits = (scenario, goal), list(limits_of(scenario, goal))
    alone = [found for limit in limits if (found := _lifted(asked, choices, (limit,)))]
    if not alone:
        pairs = itertools.combinations(limits, 2)
        alone = [found for pair in pairs if (found := _lifted(asked, choices, pair))][:1]
    return tuple(sorted(alone, key=_stretch))


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
            yield Limit(name, "ms", value, UNBOUNDED, _at_serving(key))
    yield Limit("quality", "fraction", scenario.workload.quality.max_drop, WHOLE, _at_quality)
    room = scenario.hardware.memory.capacity_gib
    yield Limit("memory of an accelerator", "GiB", room, room * LARGEST_MEMORY, _at_memory)
    if goal.max_days is not None:
        yield Limit("days of work", "days", goal.max_days, UNBOUNDED, _at_days)
    if goal.max_up_front_usd is not None:
        yield Limit("cost of the work", "USD", goal.max_up_front_usd, UNBOUNDED, _at_up_front)


def _lifted(asked: Asked, choices: Choices, limits: tuple[Limit, ...]) -> Relaxation | None:
    """None where no setup keeps the others either."""
    free = asked
    for limit in limits:
        free = limit.at(free, limit.most)
    if (found := _search(free, choices)) is None:
        return None
    first = limits[0]
    low, high = first.value, min(first.most, _reach(free, choices, first))
    while high - low > NEAR * high and high > LEAST:
        middle = math.sqrt(low * high) if low > 0 else high / 2
        nearer = _search(first.at(free, middle), choices)
        low, high = (low, middle) if nearer is not None else (middle, high)
        found = nearer or found
    needed = (high, *(limit.most for limit in limits[1:]))
    return Relaxation(limits, needed, found.chosen, found.usd_per_month)


def _reach(free: Asked, choices: Choices, limit: Limit) -> float:
    """A value at which the limit is kept by some setup, found by doubling it."""
    value = max(limit.value, 10 * LEAST)
    while value < limit.most and _search(limit.at(free, value), choices) is None:
        value *= 4
    return value


def _search(asked: Asked, choices: Choices) -> Found | None:
    found = best_setup(asked[0], choices, asked[1])
    return found if found.feasible else None


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
