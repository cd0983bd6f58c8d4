"""The cheapest setup among all combinations of strategies, exactly.

A bill is that of serving and that of all the rest, which share a few knobs (`projection.parts`).
For each combination of the strategies that concern both, the two sides are evaluated apart, each
once for what it can tell apart, and joined. What they cost together is no less than serving alone
and what the rest adds to nothing: of hardware that is owned already only the energy counts in that
bound, as both may find room in it. Combinations are evaluated whole by rising bound until it passes
the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.advice.aim import Aim, allowed_days, price_of, usd_per_day
from advisor.advice.assess import (
    OF_A_RUN,
    ROUNDING,
    comparable,
    rest_bill,
    serving_bill,
    serving_run,
    training_run,
    unpriced,
    without,
)
from advisor.advice.goal import COST, Goal, figure
from advisor.advice.ideal import eased_bill, eased_run, eased_runs, eased_scenario
from advisor.advice.least import Least
from advisor.advice.pairs import Pair, by_bound
from advisor.advice.settled import (
    BESIDE_DATA,
    BESIDE_TEAM,
    DATA_ALONE,
    TEAM_ALONE,
    settled,
)
from advisor.advice.sides import Most, Side
from advisor.advice.space import Choices, Row, Space
from advisor.advice.start import Best, best_of, good_start
from advisor.advice.unbeaten import Work
from advisor.projection.engine import evaluate, feasible
from advisor.projection.operators import Floats
from advisor.projection.parts import knobs
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from advisor.strategies.selection import Selection, setup_for

AT_ONCE = 16
"""Combinations of shared strategies whose other side is evaluated together."""
DECIMALS = 6
"""Of a dollar: two bills that agree in them cost the same."""
LESS_TO_TRAIN_ON = ("deduplicated", "packed_sequences")
"""Knobs that change how many steps are taken and nothing of a step: of two runs, the one that takes
fewer hours takes fewer with them too."""
LEAST_DROP = LEAST_DAYS = 1e-9
"""Losses, and days, that sums in another order may differ by, with room to spare."""


@dataclass(frozen=True)
class Found:
    """The cheapest feasible selection; the empty one where none is feasible."""

    chosen: Selection
    usd_per_month: float
    figure: float
    """Of the objective: USD a month, seconds, bytes or kWh a month."""
    feasible: bool
    setups: int
    evaluated: int
    """Setups evaluated whole."""
    parts: int = 0
    """Sides of setups evaluated for the bounds."""


def best_setup(
    scenario: Scenario, choices: Choices, goal: Goal = COST, near: Selection = ()
) -> Found:
    """The feasible combination of `choices` best for `goal`; of equals the fewest, then by slug.

    A combination whose bill lacks a price that the bill with nothing on does not lack is passed
    over: an unknown price is not a low one. Where none is feasible, not even with nothing on, the
    cheapest infeasible one is of no use: the empty selection is returned and said to be infeasible.
    `near` is a good setup where one is known: it saves looking for one, and changes no answer.
    """
    search = _Search(scenario, choices, goal, near)
    best = search.run()
    chosen = () if best is None else best[1].chosen
    evaluation = evaluate(scenario, [setup_for(chosen)])
    reached = figure(scenario, evaluation, goal.objective)
    return Found(
        chosen, round(float(evaluation.usd_per_month[0]), DECIMALS), float(reached[0]),
        best is not None, search.space.size, search.evaluated,
        search.serving.evaluated + search.rest.evaluated,
    )  # fmt: skip


def _aim(scenario: Scenario, choices: Choices, goal: Goal) -> Aim:
    """The objective at a price taken from what stands alone, and the prices that no bill has."""
    alone = [setup_for((each,)) for levels in choices.values() for each in levels]
    plain = evaluate(scenario, [Setup(), *alone] if goal.objective != "cost" else [Setup()])
    lacking = frozenset(line.missing for line in plain.lines if unpriced(line)[0])
    return Aim(lacking, goal.objective, price_of(scenario, plain, goal.objective))


class _Search:
    def __init__(
        self, scenario: Scenario, choices: Choices, goal: Goal, near: Selection = ()
    ) -> None:
        self._scenario = scenario
        self._most_drop = scenario.workload.quality.max_drop + LEAST_DROP
        self._usd_per_day = usd_per_day(scenario)
        self._aim = _aim(scenario, choices, goal)
        self._is_bounded = goal.is_bounded
        self._allowed_days = allowed_days(scenario, goal) + LEAST_DAYS
        served = knobs("serving", "paying for serving", "team")
        trained, rest = _rest_knobs(scenario, choices)
        self.space = Space.of(scenario.profile, choices, served, rest)
        self._whole: dict[Selection, float] = {}
        self._start = good_start(scenario, self.space.rows, self._costs, near)
        self._least = Least.of(scenario, self.space, self._usd_per_day, self._most_drop)
        self._most_days = self._affordable_days(self._least.bill)
        self.serving = self._side(self.space.serving, knobs("serving"), served, serves=True)
        self.rest = self._side(self.space.rest, trained, rest, serves=False)

    def _side(
        self, slugs: Sequence[str], run: Sequence[str], every: Sequence[str], *, serves: bool
    ) -> Side:
        running = self.space.setting(slugs, run)
        paying = tuple(slug for slug in slugs if slug not in running)
        idle = without(self._scenario, serving=True, training=serves)
        alone, beside = (TEAM_ALONE, BESIDE_TEAM) if serves else (DATA_ALONE, BESIDE_DATA)
        pays = settled(
            idle, self._combined(paying), alone, beside, self._usd_per_day, self._aim.lacking,
            days_are_bounded=self._is_bounded,
        )  # fmt: skip
        return Side(
            self._scenario, self._aim, Work(self._usd_per_day, self._is_bounded),
            self._combined(running), pays,
            run, every,
            serving_run if serves else training_run, serving_bill if serves else rest_bill,
        )  # fmt: skip

    def _combined(self, slugs: Sequence[str]) -> list[Row]:
        return self.space.combined(slugs, self._most_drop, self._most_days)

    def _affordable_days(self, at_least_usd: float, best: Best | None = None) -> float:
        """Days after which what costs `at_least_usd` without them is dearer than a known one.

        No more than are allowed.
        """
        best = best or self._start
        if best is None or self._usd_per_day <= 0:
            return self._allowed_days
        return min(self._allowed_days, (best[0] + ROUNDING - at_least_usd) / self._usd_per_day)

    @property
    def evaluated(self) -> int:
        """Setups evaluated whole."""
        return len(self._whole)

    def run(self) -> Best | None:
        """Shared combinations by what serving costs under them, until the bound passes the best."""
        shared, best = self._combined(self.space.shared), self._start
        shared, rests = self._able(
            shared, np.maximum(self.rest.at_any_hours(shared), self._least.of_rest)
        )
        shared, rests = self._able(shared, np.maximum(self._rest_eased(shared), rests))
        most = [self._most(each, float(usd), best) for each, usd in zip(shared, rests, strict=True)]
        served = self.serving.under(shared, most)
        least = [
            side.floors.min(initial=np.inf) + each.days * self._usd_per_day
            for each, side in zip(shared, served, strict=True)
        ]
        worth = [
            at for at, usd in enumerate(rests)
            if least[at] + usd <= self._bound(best) and np.isfinite(least[at])
        ]  # fmt: skip
        of_rest = [float(rests[at]) for at in worth]
        rows = [shared[at] for at in worth]
        days = [
            self._affordable_days(least[at] + usd, best)
            for at, usd in zip(worth, of_rest, strict=True)
        ]
        floors = np.array([least[at] for at in worth])
        floors = floors + self._least_of_rest(rows, days, np.array(of_rest))
        order = [int(at) for at in np.argsort(floors, kind="stable") if np.isfinite(floors[at])]
        start, at_once = 0, 1
        while start < len(order) and floors[order[start]] <= self._bound(best):
            places = order[start : start + at_once]
            most = [Most(days[each], self._bound(best) - least[worth[each]]) for each in places]
            rest = self.rest.under([rows[each] for each in places], most)
            for each, other in zip(places, rest, strict=True):
                best = self._joined(Pair(rows[each], served[worth[each]], other), best)
            start, at_once = start + at_once, min(2 * at_once, AT_ONCE)
        return best

    def _able(self, shared: list[Row], rests: Floats) -> tuple[list[Row], Floats]:
        """Of `shared`, what may be in a setup no dearer than the start, whatever serves.

        `rests` are USD a month that all but serving adds beside each at the least.
        """
        able = [self._may_do(each, usd) for each, usd in zip(shared, rests, strict=True)]
        return [each for each, may in zip(shared, able, strict=True) if may], rests[able]

    def _rest_eased(self, shared: list[Row]) -> Floats:
        """USD a month that all but serving adds beside each of `shared` however it is spread."""
        runs = eased_runs(self._scenario, self.rest.runs, shared)
        if runs is None or self._aim.objective in OF_A_RUN or not self.rest.run_knobs:
            return np.full(len(shared), -np.inf)
        eased = replace(
            self.rest, scenario=eased_scenario(self._scenario), runs=runs,
            assess_run=eased_run, assess=eased_bill,
        )  # fmt: skip
        found = eased.at_least(shared, [np.inf] * len(shared))
        self.rest.evaluated += eased.evaluated
        return found

    def _least_of_rest(self, rows: list[Row], days: list[float], at_least: Floats) -> Floats:
        """USD a month that all but serving adds beside each of `rows`, if not more."""
        if self._aim.objective in OF_A_RUN:
            return at_least
        return np.maximum(self.rest.at_least(rows, days), at_least)

    def _bound(self, best: Best | None) -> float:
        return best[0] + ROUNDING if best else np.inf

    def _most(self, shared: Row, rest_usd: float, best: Best | None) -> Most:
        """What serving may take beside `shared` in a setup no dearer than `best`."""
        room = self._bound(best) - rest_usd
        days = min(self._most_days, self._affordable_days(self._least.of_serving + rest_usd, best))
        return Most(days - shared.further_days, room - shared.days * self._usd_per_day)

    def _may_do(self, shared: Row, rest_usd: float) -> bool:
        """Whether a setup with `shared` may be no dearer than the start, whatever serves."""
        days = self._affordable_days(self._least.of_serving + rest_usd)
        return bool(np.isfinite(rest_usd)) and shared.further_days <= days

    def _joined(self, pair: Pair, best: Best | None) -> Best | None:
        """The better of `best` and the best of `pair`, evaluated whole by rising bound."""
        bounds = pair.bounds(self._usd_per_day, self._most_drop, self._allowed_days)
        for bound, rows in by_bound(pair, bounds):
            if best and bound > best[0] + ROUNDING:
                break
            best = best_of(self._costs, rows, best)
        return best

    def _costs(self, rows: Sequence[Row]) -> list[float]:
        """USD a month with the objective at its price; infinite where a limit is broken."""
        new = {
            row.chosen: row for row in rows
            if row.days <= self._allowed_days and row.chosen not in self._whole
        }  # fmt: skip
        if new:
            evaluation = evaluate(self._scenario, [setup_for(chosen) for chosen in new])
            usable = feasible(self._scenario, evaluation)
            usable &= comparable(evaluation, self._aim.lacking)
            total = np.where(usable, self._aim.total(self._scenario, evaluation), np.inf)
            self._whole.update(zip(new, np.round(total, DECIMALS).tolist(), strict=True))
        return [self._whole.get(row.chosen, np.inf) for row in rows]


def _rest_knobs(scenario: Scenario, choices: Choices) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What training can tell apart, and what all the rest beside serving can.

    Where nothing is trained no knob of training tells; how serving is bought only concerns
    training where that can be owned.
    """
    if scenario.workload.training.runs_per_month <= 0:
        return (), knobs("data")
    rest = knobs("training", "paying for training", "data")
    made = (setup_for((choice,)) for levels in choices.values() for choice in levels)
    bought = {
        scenario.organization.rental.purchase_option,
        *(each.serving_purchase for each in made),
    }
    if "owned" not in bought:
        rest = tuple(name for name in rest if name != "serving_purchase")
    return tuple(name for name in knobs("training") if name not in LESS_TO_TRAIN_ON), rest
