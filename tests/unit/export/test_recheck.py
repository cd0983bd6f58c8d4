"""When a plan holds, has drifted, and is broken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.export._document import Cost, Costs, Document, Limit
from advisor.export._fill import fill
from advisor.export.compare import compare
from advisor.export.recheck import State, recheck
from tests.support.audits import full_audit

PLAN = fill(full_audit())


def _saving(saved: float | None, missing: tuple[str, ...] = ()) -> Document:
    """An audit of today in which the steps save so much a month."""

    def costs(total: float | None) -> Costs:
        cost = Cost(total, total, total, ())
        return Costs(cost, cost, cost, cost, replace(cost, missing=missing))

    before = costs(1000.0)
    after = costs(None if saved is None else 1000.0 - saved)
    table = replace(PLAN.costs, before=before, after_plan=after, selected=after)
    return replace(PLAN, costs=table, measurement=None)


@pytest.mark.parametrize(
    ("promised", "today", "state"),
    [
        (500.0, 500.0, "holds"),
        (500.0, 900.0, "holds"),
        (500.0, 451.0, "holds"),
        (500.0, 449.0, "drifted"),
        (500.0, 0.0, "broken"),
        (500.0, -20.0, "broken"),
        (500.0, None, "drifted"),
        (0.0, -20.0, "holds"),
    ],
)
def test_the_saving_decides(promised: float, today: float | None, state: State) -> None:
    verdict = recheck(_saving(promised), _saving(today), tolerance=0.1)
    assert verdict.state == state
    assert bool(verdict.reasons) == (state != "holds")


def test_another_model_breaks_a_plan() -> None:
    plan, today = (
        replace(_saving(500.0), model=replace(PLAN.model, fingerprint=mark)) for mark in "ab"
    )
    verdict = recheck(plan, today, 0.1)
    assert verdict.state == "broken"
    assert "is not the model" in verdict.reasons[0].text


@pytest.mark.parametrize(("met_then", "state"), [(True, "broken"), (False, "holds")])
def test_a_limit_that_was_kept_and_no_longer_is_breaks_it(met_then: bool, state: State) -> None:
    def limited(met: bool) -> Document:
        limits = (Limit("latency", 0.2, 0.1, "s", met),)
        return replace(_saving(5.0), constraints={"after_plan": limits, "selected": limits})

    assert recheck(limited(met_then), limited(False), 0.1).state == state


def test_a_measured_loss_of_quality_beyond_the_floor_breaks_it() -> None:
    assert PLAN.measurement is not None
    limits = (Limit("quality", 0.0, 0.01, "fraction", True),)
    measured = replace(PLAN.measurement, quality_drop=0.02, projected_latency_s=None)
    today = replace(_saving(5.0), measurement=measured, constraints={"selected": limits})
    verdict = recheck(_saving(5.0), today, 0.1)
    assert [reason.state for reason in verdict.reasons] == ["broken"]
    assert "2.0%" in verdict.reasons[0].text


def test_a_plan_compared_with_itself_differs_in_nothing() -> None:
    found = compare(PLAN, PLAN)
    assert not found.causes
    assert not found.lines


def test_what_made_a_line_dearer_is_named_with_its_cause() -> None:
    line = next(each for each in PLAN.lines["after_plan"] if each.inputs)
    assert line.usd_per_month is not None
    given = line.inputs[0]
    assert given.value is not None
    dearer = replace(
        line,
        usd_per_month=replace(line.usd_per_month, expected=1e6),
        inputs=(replace(given, value=replace(given.value, expected=123.0)), *line.inputs[1:]),
    )
    lines = tuple(dearer if each is line else each for each in PLAN.lines["after_plan"])
    other = replace(
        PLAN, lines={"after_plan": lines}, hardware=replace(PLAN.hardware, id="another")
    )
    found = compare(PLAN, other)
    assert [(each.cause, each.after) for each in found.causes] == [("hardware", "another")]
    (change,) = found.lines
    assert (change.name, change.after_usd) == (line.name, 1e6)
    assert [each.name for each in change.inputs] == [given.name]
    assert change.inputs[0].after is not None
    assert change.inputs[0].after.startswith("123")
