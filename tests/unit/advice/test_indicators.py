"""The seven indicators, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.advice.indicator_text import INDICATOR_HEADER, indicator_texts
from advisor.advice.indicators import Indicator, indicators
from advisor.measurement.comparison import MeasuredVariant
from advisor.measurement.training_comparison import ComparedRun, ComparedTraining
from advisor.projection.check_training import ProjectedStep
from advisor.projection.project import project
from advisor.projection.result import Estimate
from advisor.projection.setup import Setup
from tests.support.audits import full_audit, plain_audit
from tests.support.bills import PAYER, changed, paper
from tests.support.measurements import measurement, trained


def _rows(measured: MeasuredVariant | None) -> dict[str, Indicator]:
    audit = full_audit()
    found = indicators(audit.before, audit.selected, measured, "accuracy")
    return {row.name.strip(): row for row in found}


def test_unmeasured_is_none_and_the_seven_are_there() -> None:
    rows = _rows(None)
    assert list(rows) == [
        "model performance, accuracy", "training time, a step", "inference time", "hardware cost",
        "data cost", "human cost", "resource utilisation",
    ]  # fmt: skip
    assert all(row.measured is None and row.error is None for row in rows.values())
    assert rows["training time, a step"].projected is None
    assert rows["resource utilisation"].projected is None


def test_the_three_costs_are_the_whole_bill() -> None:
    rows = _rows(None)
    total = full_audit().before.bill.total().expected
    parts = [rows[f"{kind} cost"].before for kind in ("hardware", "data", "human")]
    assert sum(part.value for part in parts if part) == pytest.approx(total)


def test_a_missing_price_makes_a_cost_at_least() -> None:
    data = _rows(None)["data cost"]
    assert data.before is not None
    assert data.projected is not None
    assert (data.before.at_least, data.projected.at_least) == (False, True)
    assert indicator_texts(data)[2] == "≥ $0.00"


def test_scores_are_those_of_the_runs_and_the_projection_starts_from_the_baseline() -> None:
    found = measurement("bf16", 0.06, 0.03, 0.9, 0.898)
    quality = found.baseline.quality, found.variant.quality
    assert quality[0] is not None
    assert quality[1] is not None
    scored = replace(
        found,
        baseline=replace(found.baseline, quality=replace(quality[0], scores={"F1": 0.88})),
        variant=replace(found.variant, quality=replace(quality[1], scores={"F1": 0.87})),
    )
    audit = full_audit()
    lossy = replace(audit.selected, quality_drop=Estimate(0.0, 0.01, 0.02))
    measured = MeasuredVariant(scored, None, None, None, audit.before, audit.selected)
    rows = {row.name: row for row in indicators(audit.before, lossy, measured, "accuracy")}
    score = rows["  F1"]
    assert score.projected is not None
    assert score.projected.value == pytest.approx(0.88 * 0.99)
    assert score.error == pytest.approx(0.88 * 0.99 / 0.87 - 1)
    kept = rows["model performance, accuracy"].measured
    assert kept is not None
    assert kept.value == pytest.approx(0.898 / 0.9)


def test_a_measured_step_stands_beside_the_projection_of_that_very_step() -> None:
    audit = full_audit()
    one, other = (
        ComparedRun(ProjectedStep(Estimate(step / 2, step, step * 2), None), None, None)
        for step in (0.2, 0.12)
    )
    found = ComparedTraining(trained("bf16", 0.25, 0.1), one, other, None)
    rows = indicators(audit.before, audit.selected, None, None, found)
    (step,) = (row for row in rows if row.name == "  as measured, of 8 samples")
    figures = (step.before, step.projected, step.measured_before, step.measured)
    assert [each.value for each in figures if each] == [0.2, 0.12, 0.25, 0.1]
    assert step.error == pytest.approx(0.2)


def test_a_step_on_a_machine_that_nobody_described_has_no_projection() -> None:
    audit = full_audit()
    unknown = ComparedRun(None, None, None)
    found = ComparedTraining(trained("bf16", 0.25, 0.1), unknown, unknown, None)
    rows = indicators(audit.before, audit.selected, None, None, found)
    (step,) = (row for row in rows if row.name.startswith("  as measured"))
    assert step.projected is None
    assert step.error is None
    assert step.measured is not None


def test_measured_elsewhere_says_nothing_of_this_scenario() -> None:
    found = MeasuredVariant(measurement("bf16", 0.06, 0.03), None, None, None, None, None)
    rows = _rows(found)
    assert rows["inference time"].measured is None
    assert rows["hardware cost"].measured is None


def test_every_row_has_a_text_for_each_column() -> None:
    audit = plain_audit()
    for row in indicators(audit.before, audit.selected, None, None):
        assert len(indicator_texts(row)) == len(INDICATOR_HEADER)


def test_utilisation_is_a_share_of_what_is_paid_for() -> None:
    rented = project(paper(), [Setup()])[0].utilisation
    owned = project(paper(changed(PAYER, "rental", purchase_option="owned")), [Setup()])[0]
    assert rented is not None
    assert owned.utilisation is not None
    assert 0 < rented.expected <= 1
    assert 0 < owned.utilisation.expected <= 1
