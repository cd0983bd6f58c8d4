"""The JSON export as a program reads it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec
import pytest

from advisor.advice.plan import make_plan
from advisor.advice.plan_economics import plan_economics
from advisor.advice.rule import findings
from advisor.export._document import SCHEMA_VERSION, Document
from advisor.export.audit import Audit
from advisor.export.json_export import render
from advisor.projection.project import project
from advisor.projection.result import Estimate
from advisor.strategies.selection import parse_selection, setup_for
from tests.support.audits import AUDITS, HOSTILE, full_audit, plain_audit
from tests.support.profiles import decoder
from tests.support.scenarios import facts, scenario

KEYS = [
    "schema_version", "advisor_version", "command_line", "model", "hardware", "workload",
    "organization", "costs", "projections", "lines", "steps", "rejected", "findings",
    "certificate", "measurement", "constraints", "basis", "unit_costs", "economics", "indicators",
    "needs_sign_off", "approval", "goal", "front", "digest",
]  # fmt: skip


def _read(audit: Audit) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(audit), parse_constant=pytest.fail)
    return found


@cache
def _engine_audit() -> Audit:
    """An audit out of the engine itself, of a scenario whose prices are partly unknown."""
    given = facts(
        scenario(decoder(layers=2), "h100-sxm", "chat-serving", settings=["rental.clouds=[]"])
    )
    said = findings(given)
    plan = make_plan(given, said)
    chosen = parse_selection("int8-weight-only,torch-compile")
    return Audit(
        profile=given.profile,
        scenario=given.scenario,
        command_line="advisor audit decoder",
        chosen=chosen,
        before=given.before,
        selected=project(given.scenario, [setup_for(chosen)])[0],
        measured=None,
        trained=None,
        findings=said,
        plan=plan,
        economics=plan_economics(given, plan),
        version="0.0.0",
    )


@pytest.mark.parametrize("audit", AUDITS)
def test_the_top_level_keys_are_stable(audit: str) -> None:
    found = _read(AUDITS[audit]())
    assert list(found) == KEYS
    assert found["schema_version"] == SCHEMA_VERSION


@pytest.mark.parametrize("made", [plain_audit, full_audit, _engine_audit])
def test_what_is_written_reads_back_as_the_document(made: Callable[[], Audit]) -> None:
    audit = made()
    document = msgspec.json.decode(render(audit), type=Document)
    assert document.costs.before.total.expected == pytest.approx(
        audit.before.bill.total().expected, rel=1e-8
    )
    assert [step.strategy for step in document.steps] == [
        str(step.choice) for step in audit.plan.steps
    ]


def test_components_sum_to_the_total() -> None:
    costs = _read(_engine_audit())["costs"]["before"]
    total = costs.pop("total")
    assert sum(part["expected"] for part in costs.values()) == pytest.approx(total["expected"])


def test_a_price_that_is_not_known_is_null_and_named() -> None:
    found = _read(_engine_audit())
    costs = found["costs"]["before"]
    assert costs["training_and_deployment"]["missing"] == costs["total"]["missing"] != []
    unpriced = [line for line in found["lines"]["before"] if line["missing"]]
    assert unpriced
    assert all(line["usd_per_month"] is None for line in unpriced)


def test_what_was_not_measured_is_null() -> None:
    found = _read(plain_audit())
    assert found["measurement"] is None
    assert found["costs"]["measured"] is None


def test_a_measurement_comes_with_the_error_of_its_projection() -> None:
    found = _read(full_audit())["measurement"]
    assert found["projection_error_latency"] == pytest.approx(0.03 / 0.028 - 1)
    assert found["projection_error_memory"] is None
    assert found["variant"]["quality"] == 0.898


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_null(value: float) -> None:
    broken = replace(full_audit().before, latency_s=Estimate(0.1, value, value))
    found = _read(replace(full_audit(), before=broken))
    assert found["projections"]["before"]["latency_s"] == {
        "low": 0.1, "expected": None, "high": None
    }  # fmt: skip


@pytest.mark.parametrize(
    "reference", [HOSTILE, "half a pair \ud83d", "tag \U000e0041", "naïve ≥ 漢"]
)
def test_a_reference_comes_back_as_it_was(reference: str) -> None:
    assert _read(full_audit(reference))["model"]["reference"] == reference


@pytest.mark.parametrize(("audit", "same"), [(plain_audit, "after_plan"), (full_audit, "selected")])
def test_after_is_what_was_asked_for_or_else_advised(audit: Callable[[], Audit], same: str) -> None:
    costs = json.loads(render(audit()))["costs"]
    assert costs["after"] == costs[same]


def test_a_payback_that_never_comes_is_null_and_said_not_to_be_repaid() -> None:
    lost = replace(
        full_audit().economics.plan, payback_months=Estimate(math.inf, math.inf, math.inf)
    )
    audit = replace(full_audit(), economics=replace(full_audit().economics, plan=lost))
    found = _read(audit)["economics"]["plan"]
    assert found["payback_months"]["expected"] is None
    assert found["repaid"] is False


def test_nothing_on_has_no_measured_indicator() -> None:
    audit = replace(full_audit(), chosen=())
    assert all(row["measured"] is None for row in _read(audit)["indicators"])
    assert any(row["measured"] is not None for row in _read(full_audit())["indicators"])
