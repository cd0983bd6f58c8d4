"""What must hold of every bill, whatever is paid, asked for or switched on."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.catalog.pricing import Instance, PurchaseOption
from advisor.catalog.quantity import Quantity
from advisor.projection.engine import evaluate
from advisor.projection.project import project
from advisor.projection.result import COMPONENTS
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from tests.support.bills import PAYER, WORK, changed, exactly, fleet, lines_of, paper
from tests.support.profiles import decoder, encoder
from tests.support.scenarios import scenario

OPTIONS: tuple[PurchaseOption, ...] = ("on-demand", "spot", "reserved", "owned")
options = st.sampled_from(OPTIONS)
shares = st.floats(0, 0.9)
counts = st.floats(0, 1e4)


@st.composite
def payers(draw: st.DrawFn) -> Any:
    payer = changed(
        PAYER, "capacity", spot_lost_work_fraction=exactly(draw(shares)),
        spot_fallback_fraction=exactly(draw(shares)), failed_work_fraction=exactly(draw(shares)),
    )  # fmt: skip
    payer = changed(payer, "rental", negotiated_discount=draw(st.floats(0, 1)))
    return changed(
        payer, "ownership", residual_fraction=exactly(draw(st.floats(0, 1))),
        owned_accelerators={"card": draw(counts)},
    )  # fmt: skip


@given(payers(), options, options, counts, counts, counts, st.floats(0, 100))
def test_no_line_is_ever_negative(
    payer: Any, serving: PurchaseOption, training: PurchaseOption, accelerators: float,
    hours: float, owned: float, experiments: float,
) -> None:  # fmt: skip
    work = changed(WORK, "training", experiments_per_run=experiments)
    size = fleet(
        serving_accelerators=accelerators, serving_hours=accelerators * 730, training_hours=hours,
        owned_accelerators=owned, energy_kwh=hours,
    )  # fmt: skip
    for line in lines_of(paper(payer, work), size, serving, training, ranks=4).values():
        assert float(line.quantity[0]) >= 0
        assert float(line.usd_per_month[0]) >= 0
        assert line.serving_share is None or 0 <= float(line.serving_share[0]) <= 1


@given(options, st.just(0.0) | st.floats(1e-6, 1e4), st.floats(0, 50))
def test_experiments_failures_and_preemptions_only_add(
    option: PurchaseOption, hours: float, experiments: float
) -> None:
    """The hours of the runs are shared out, and what is lost comes on top."""
    work = changed(WORK, "training", experiments_per_run=experiments)
    found = lines_of(paper(work=work), fleet(training_hours=hours), "on-demand", option)
    paid = [line for line in found.values() if line.unit == "accelerator hours"]
    total = sum(float(line.quantity[0]) for line in paid)
    assert total >= hours or math.isclose(total, hours) or option == "owned"


SCENARIOS = {
    "encoder, rented": lambda: scenario(encoder(), "l4", "financial-risk"),
    "encoder, owned": lambda: scenario(
        encoder(), "h100-sxm", "batch-scoring", "on-premises-enterprise"
    ),
    "decoder, rented": lambda: scenario(decoder(8, 2048), "h100-sxm", "chat-serving"),
}
known = st.sampled_from(sorted(SCENARIOS))
DEMANDS = (
    ("serving", "requests_per_month"), ("training", "runs_per_month"),
    ("training", "experiments_per_run"), ("training", "samples"),
    ("training", "checkpoints_kept"), ("training", "registry_versions"),
    ("data", "new_samples_per_month"), ("data", "labels_per_sample"), ("data", "stored_gb"),
    ("data", "growth_gb_per_month"), ("serving", "response_bytes"),
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(known, st.sampled_from(DEMANDS), options, st.floats(1, 50))
def test_more_demand_is_never_cheaper(
    name: str, key: tuple[str, str], option: PurchaseOption, times: float
) -> None:
    asked = SCENARIOS[name]()
    block, field = key
    more = getattr(getattr(asked.workload, block), field) * times
    heavier = replace(asked, workload=changed(asked.workload, block, **{field: more}))
    setup = Setup(serving_purchase=option, training_purchase=option)
    before, after = (evaluate(each, [setup]).usd_per_month[0] for each in (asked, heavier))
    assert after >= before - 1e-6 * abs(before)


@settings(deadline=None, max_examples=20)
@given(known, options)
def test_lines_sum_to_the_costs_and_the_costs_to_the_total(
    name: str, option: PurchaseOption
) -> None:
    bill = project(SCENARIOS[name](), [Setup(serving_purchase=option)])[0].bill
    for end in ("low", "expected", "high"):
        known_lines = [line.usd_per_month for line in bill.lines if line.usd_per_month is not None]
        whole = sum(getattr(cost, end) for cost in known_lines)
        parts = sum(getattr(bill.total(component), end) for component in COMPONENTS)
        assert getattr(bill.total(), end) == pytest.approx(whole)
        assert parts == pytest.approx(whole)


def in_another_currency(value: Any, rate: float) -> Any:
    """Every figure whose name says that it is in dollars, times `rate`."""
    if isinstance(value, Quantity):
        return replace(
            value, low=value.low * rate, expected=value.expected * rate, high=value.high * rate
        )
    if isinstance(value, dict):
        return {key: in_another_currency(each, rate) for key, each in value.items()}
    return value * rate if isinstance(value, float) else value


def exchanged(profile: Any, rate: float) -> Any:
    changes = {}
    for field in fields(profile):
        value = getattr(profile, field.name)
        if "usd" in field.name:
            changes[field.name] = in_another_currency(value, rate)
        elif isinstance(value, tuple) and value and isinstance(value[0], Instance):
            changes[field.name] = tuple(exchanged(each, rate) for each in value)
        elif is_dataclass(value) and not isinstance(value, Quantity):
            changes[field.name] = exchanged(value, rate)
    return replace(profile, **changes)


@settings(deadline=None, max_examples=25)
@given(known, options, st.floats(0.01, 10))
def test_currency_is_never_mixed_with_time(name: str, option: PurchaseOption, rate: float) -> None:
    """At another rate of exchange every dollar is another, and no second, byte or watt is."""
    asked = SCENARIOS[name]()
    abroad = Scenario(
        asked.profile, exchanged(asked.hardware, rate), exchanged(asked.workload, rate),
        exchanged(asked.organization, rate),
        {key: exchanged(prices, rate) for key, prices in asked.price_lists.items()},
    )  # fmt: skip
    setup = Setup(serving_purchase=option, training_purchase=option)
    here, there = evaluate(asked, [setup]), evaluate(abroad, [setup])
    for before, after in zip(here.lines, there.lines, strict=True):
        assert after.name == before.name
        assert np.array_equal(after.quantity, before.quantity, equal_nan=True)
        assert after.usd_per_month == pytest.approx(rate * before.usd_per_month, nan_ok=True)
    assert here.served.latency_s == pytest.approx(there.served.latency_s)
    assert here.fleet.energy_kwh == pytest.approx(there.fleet.energy_kwh, nan_ok=True)


@settings(deadline=None, max_examples=10)
@given(known)
def test_no_strategy_means_no_change(name: str) -> None:
    before, again = project(SCENARIOS[name](), [Setup(), Setup()])
    assert before.bill == again.bill
    assert before.bill.total() == project(SCENARIOS[name](), [Setup()])[0].bill.total()
