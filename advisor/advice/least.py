"""What no setup can be without: people and data, with the work that making them cheaper takes.

It bounds how many days of work any other strategies may take in a setup that is no dearer than a
known one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.advice.assess import checkpoints_usd, without
from advisor.advice.space import Row, Space
from advisor.projection.engine import evaluate
from advisor.projection.operators import Floats
from advisor.projection.parts import knobs
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup, with_knobs

DATA, TEAM, SETTLING = knobs("data"), knobs("team"), knobs("data", "team")


@dataclass(frozen=True)
class Least:
    """USD a month at the least, with the work of the strategies that are about people and data."""

    bill: float
    """Of people and data."""
    of_rest: float
    """That training and data add to a bill with neither set; of the strategies about data those
    that concern serving too count without their work. Below 0 where data is left out."""
    of_serving: float
    """Of people, and of data as they are, of which `of_rest` says what is added."""

    @classmethod
    def of(cls, scenario: Scenario, space: Space, usd_per_day: float, most_drop: float) -> Least:
        """Over every combination of the strategies of `space` that set anything of either."""
        slugs = space.setting(tuple(space.rows), SETTLING)
        bills = _people_and_data(scenario, rows := space.combined(slugs, most_drop))
        slugs = space.setting(tuple(space.rows), DATA)
        added = _of_rest(scenario, of_data := space.combined(slugs, most_drop))
        slugs = space.setting(tuple(space.rows), TEAM)
        people = _people_and_data(scenario, of_team := space.combined(slugs, most_drop), TEAM)
        return cls(
            float((bills + _work(rows, space) * usd_per_day).min()),
            float((added + _work(of_data, space, space.shared) * usd_per_day).min()),
            float((people + _work(of_team, space) * usd_per_day).min()),
        )


def _people_and_data(
    scenario: Scenario, rows: Sequence[Row], names: Sequence[str] = SETTLING
) -> Floats:
    idle = without(scenario, serving=True, training=True)
    lines = evaluate(idle, _setups(rows, names)).lines
    known = [np.nan_to_num(line.usd_per_month) for line in lines if line.serving_share is None]
    return np.asarray(np.sum(known, axis=0))


def _of_rest(scenario: Scenario, rows: Sequence[Row]) -> Floats:
    """With all checkpoints gone: they are smaller beside some of what training may set."""
    idle = evaluate(without(scenario, serving=True, training=True), [Setup(), *_setups(rows, DATA)])
    usd = idle.usd_per_month
    return np.asarray((usd - usd[0] - checkpoints_usd(idle))[1:])


def _setups(rows: Sequence[Row], names: Sequence[str]) -> list[Setup]:
    return [with_knobs(Setup(), dict(row.values(names))) for row in rows]


def _work(rows: Sequence[Row], space: Space, but: Collection[str] = ()) -> Floats:
    """Days that the strategies of each row take, but for some of them."""
    days = {row.chosen[0]: row.days for levels in space.rows.values() for row in levels}
    return np.array(
        [sum(days[each] for each in row.chosen if each.slug not in but) for row in rows]
    )
