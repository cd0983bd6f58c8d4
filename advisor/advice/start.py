"""A good setup for the exact search to begin with: the better it is, the more the bounds leave out.

From the best few strategies it climbs a choice at a time. Where no single strategy keeps every
limit, it first goes the way on which the limits are broken least.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from advisor.advice.space import Choices, Row, Space
from advisor.projection.engine import Evaluation, evaluate
from advisor.projection.memory import capacity_bytes
from advisor.projection.operators import Flags, Floats
from advisor.projection.parts import DEPENDS
from advisor.projection.scenario import Scenario
from advisor.strategies.selection import Choice, Selection, setup_for

Best = tuple[float, Row]
"""USD per month, with the objective's figure at its price, and what makes it."""
Costs = Callable[[Sequence[Row]], Sequence[float]]
"""What each row comes to as in `Best`, infinite where it is not to be had."""
SEEDS = 6
"""Strategies from which a good setup is sought."""
MOST_AT_ONCE = 8
"""Choices that a step of a climb tries to take together."""
LEAST_FLOOR = 1e-3
"""Of quality that may be lost: below it a loss counts as a multiple of this."""
UNKNOWN_EXCESS = 1e6
"""How many times over its limit a figure counts that is not known."""


def good_start(
    scenario: Scenario, rows: Mapping[str, tuple[Row, ...]], costs: Costs, near: Selection = ()
) -> Best | None:
    """The best setup found by climbing; None where none that keeps every limit was found.

    Where `near` is one, the climb begins there and nowhere else.
    """
    alone = {row.chosen[0]: row for each in rows.values() for row in each}
    if near and all(choice in alone for choice in near):
        known = best_of(costs, [_all_of([alone[choice] for choice in near])])
        if known is not None:
            return _climbed([known], alone, costs)
    if best_of(costs, [Row(), *alone.values()]) is None:
        kept = brought_within(scenario, alone, Row())
        start = None if kept is None else best_of(costs, [kept])
        return None if start is None else _climbed([start], alone, costs)
    found = (best_of(costs, levels) for levels in ([Row()], *rows.values()))
    seeds = sorted((each for each in found if each), key=lambda each: each[0])[:SEEDS]
    return _climbed(seeds, alone, costs)


def best_of(costs: Costs, rows: Sequence[Row], best: Best | None = None) -> Best | None:
    """The best of `rows`, and of one that is known; of equals the fewest, then by slug."""
    found = [(cost, row) for cost, row in zip(costs(rows), rows, strict=True) if cost < np.inf]
    return min(
        [*found, *([best] if best else [])],
        key=lambda each: (each[0], each[1].rank), default=None,
    )  # fmt: skip


def _climbed(seeds: Sequence[Best], alone: Mapping[Choice, Row], costs: Costs) -> Best:
    """From `seeds`, as long as changes make them cheaper; the best reached.

    All of them climb at once: setups are evaluated in less time together. A step is one choice, or
    as many of those that make it cheaper as do so together.
    """
    reached = list(seeds)
    climbing = reached
    while climbing:
        moves = [_moves(each[1], alone) for each in climbing]
        costs([row for some in moves for row in some])
        leaps = [_leaps(each, alone, costs) for each in climbing]
        costs([row for some in leaps for row in some])
        found = [
            best_of(costs, [*some, *far], each)
            for some, far, each in zip(moves, leaps, climbing, strict=True)
        ]
        higher = (
            now for now, before in zip(found, climbing, strict=True) if now and now[0] < before[0]
        )
        climbing = list({each[1].chosen: each for each in higher}.values())
        reached += climbing
    return min(reached, key=lambda each: (each[0], each[1].rank))


def brought_within(
    scenario: Scenario, alone: Mapping[Choice, Row], now: Row, most_days: float = np.inf
) -> Row | None:
    """From `now` to a row that keeps every limit, always breaking them less; None if stuck."""
    broken = np.inf
    while broken > 0:
        moves = [now, *_moves(now, alone)]
        evaluation = evaluate(scenario, [setup_for(row.chosen) for row in moves])
        late = np.array([max(row.days - most_days, 0.0) for row in moves])
        excess = excess_of(scenario, evaluation) + late / max(most_days, 1.0)
        best = int(np.argmin(excess))
        if not excess[best] < broken:
            return None
        now, broken = moves[best], float(excess[best])
    return now


def rows_alone(scenario: Scenario, choices: Choices) -> Mapping[Choice, Row]:
    """Each of `choices` as a combination of its own."""
    every = tuple(DEPENDS)
    rows = Space.of(scenario.profile, choices, every, every).rows
    return {row.chosen[0]: row for each in rows.values() for row in each}


def _moves(row: Row, alone: Mapping[Choice, Row]) -> list[Row]:
    """Without one choice, or with one more in place of all that it conflicts with."""
    now = [alone[choice] for choice in row.chosen]
    moves: list[Sequence[Row]] = [[each for each in now if each is not left] for left in now]
    return [*map(_all_of, moves), *(_with(row, more, alone) for more in alone.values())]


def _leaps(now: Best, alone: Mapping[Choice, Row], costs: Costs) -> list[Row]:
    """With two and more of the choices that alone make it cheaper, what saves most first."""
    added = [(_with(now[1], row, alone), row) for row in alone.values()]
    usd = costs([row for row, _ in added])
    saving = sorted(
        ((cost, row.rank, row) for cost, (_, row) in zip(usd, added, strict=True) if cost < now[0]),
        key=lambda each: each[:2],
    )[:MOST_AT_ONCE]
    leaps = [now[1]]
    for _, _, row in saving:
        if row.agrees(leaps[-1]) and row.slugs.isdisjoint(leaps[-1].slugs):
            leaps.append(_with(leaps[-1], row, alone))
    return leaps[2:]


def _with(row: Row, more: Row, alone: Mapping[Choice, Row]) -> Row:
    """With one choice more in place of all that it conflicts with."""
    now = [alone[choice] for choice in row.chosen]
    return _all_of(
        [*(each for each in now if each.agrees(more) and each.slugs != more.slugs), more]
    )


def _all_of(rows: Sequence[Row]) -> Row:
    return functools.reduce(Row.beside, rows, Row())


def excess_of(scenario: Scenario, evaluation: Evaluation) -> Floats:
    """How far beyond its limits each setup is, as multiples of them summed; 0 where none breaks."""
    serving, served, trained = scenario.workload.serving, evaluation.served, evaluation.trained
    room = capacity_bytes(scenario.hardware, evaluation.columns)
    waited = served.gathering_s + served.latency_s
    limits = [
        (served.memory_bytes, room),
        (waited, _seconds(serving.latency_objective_ms)),
        (served.first_token_s, _seconds(serving.time_to_first_token_ms)),
        (served.output_token_s, _seconds(serving.time_per_output_token_ms)),
    ]
    found = np.where(served.fits, 0.0, np.log2(np.maximum(served.accelerators, 2.0)))
    for value, limit in limits:
        over = np.maximum(np.nan_to_num(value, nan=0.0, posinf=UNKNOWN_EXCESS) / limit - 1, 0.0)
        found = found + over
    if scenario.workload.training.runs_per_month > 0:
        known: Flags = np.isfinite(trained.step_s)
        over = np.where(trained.fits, 0.0, trained.memory_bytes / room)
        found = found + np.where(known, over, UNKNOWN_EXCESS)
    most = scenario.workload.quality.max_drop
    lost = np.maximum(evaluation.quality_drop - most - 1e-9, 0.0) / max(most, LEAST_FLOOR)
    return np.asarray(found + lost)


def _seconds(milliseconds: float | None) -> float:
    return np.inf if milliseconds is None else milliseconds / 1e3
