"""Data and people: what the model's data costs every month, and the team."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from advisor.errors import UnknownNameError
from advisor.projection.cost_storage import storage_lines
from advisor.projection.data_kept import kept_input, labels_kept
from advisor.projection.lines import CostLine, Input, Known, asked, fixed_line, of_kept, paid
from advisor.projection.operators import Floats
from advisor.projection.scenario import Case, Scenario, costly
from advisor.projection.setup import Setup
from advisor.projection.team_time import time_left

MONTHS_PER_YEAR = 12.0
CARRYING_OUT = "carrying out the strategies"
"""The line of the one-off days of work, spread over the horizon."""


def data_lines(scenario: Scenario, setups: Sequence[Setup], case: Case) -> Iterator[CostLine]:
    """Acquiring, labelling, checking, storing and pre-processing.

    Duplicates are bought and pre-processed before anyone knows them to be such.
    """
    size = len(setups)
    samples = asked(scenario, "data.new_samples_per_month", "new samples", "a month")
    one = asked(scenario, "data.acquisition_usd_per_sample", "price of a sample", "USD")
    yield fixed_line(
        "data", "acquisition", samples.value, "samples", one.value,
        "new samples × price of a sample", size, (samples, one),
        "price of acquiring a sample: not given" if np.isnan(one.value) else None,
    )  # fmt: skip
    labels = labels_kept(scenario, setups, case)
    fewer = any(setup.labels_share < 1 or setup.deduplicated for setup in setups)
    for line in _label_lines(scenario, samples, size, case):
        yield of_kept(line, labels, kept_input(scenario, labels, "labels", left_out=fewer))
    yield from storage_lines(scenario, setups, case)
    hours = asked(
        scenario, "data.preprocessing_cpu_hours_per_1000_samples", "core hours of 1000 samples", "h"
    )
    core_hour = paid(
        scenario, "rental.cpu_usd_per_core_hour", "price of a core hour", "USD/h", case
    )
    spent = samples.value / 1000 * hours.value if samples.value > 0 else 0.0
    unknown = (
        "core hours of pre-processing a sample: not given"
        if np.isnan(hours.value)
        else "price of a processor core hour: not given"
    )
    yield fixed_line(
        "data", "pre-processing", spent, "core hours", core_hour.value,
        "new samples ÷ 1000 × core hours of 1000 samples × price of a core hour", size,
        (samples, hours, core_hour), unknown if np.isnan(spent * core_hour.value) else None,
    )  # fmt: skip


def _label_lines(scenario: Scenario, samples: Known, size: int, case: Case) -> Iterator[CostLine]:
    kind, priced = scenario.workload.data.label_kind, scenario.organization.labels_usd
    if kind is None:
        return
    if kind not in priced:
        origin = (
            f"workload {scenario.workload.id}: data.label_kind; "
            f"organization {scenario.organization.id} has no price for it in labels_usd"
        )
        raise UnknownNameError("label", kind, priced, origin)
    price = paid(scenario, f"labels_usd.{kind}", f"price of one {kind} label", "USD", case)
    each = asked(scenario, "data.labels_per_sample", "labels of a sample", "")
    again = asked(scenario, "data.quality_check_fraction", "share labelled again", "of the labels")
    labels = samples.value * each.value
    yield fixed_line(
        "data", "labelling", labels, "labels", price.value,
        f"new samples × labels of a sample × {price.name}", size, (samples, each, price),
    )  # fmt: skip
    yield fixed_line(
        "data", "quality checks", labels * again.value, "labels", price.value,
        f"new samples × labels of a sample × share labelled again × {price.name}", size,
        (samples, each, again, price),
    )  # fmt: skip


def _salary(scenario: Scenario, role: str, origin: str, case: Case) -> tuple[Known, Known]:
    salaries = scenario.organization.people.salaries_usd_per_year
    if role not in salaries:
        payer = f"organization {scenario.organization.id} pays no such salary"
        raise UnknownNameError("role", role, salaries, f"{origin}; {payer}")
    return (
        paid(scenario, f"people.salaries_usd_per_year.{role}", "salary", "USD a year", case),
        paid(scenario, "people.on_cost_factor", "on-cost", "of the salary", case),
    )


def people_lines(scenario: Scenario, setups: Sequence[Setup], case: Case) -> Iterator[CostLine]:
    """The team's share of time, and the days that the strategies take, over the horizon."""
    people, workload = scenario.organization.people, scenario.workload
    for role in sorted(workload.people_fte):
        share = asked(scenario, f"people_fte.{role}", "share of time", "full-time equivalents")
        salary, on_cost = _salary(scenario, role, f"workload {workload.id}: people_fte", case)
        line = fixed_line(
            "human", role, share.value, "full-time equivalents",
            salary.value * on_cost.value / MONTHS_PER_YEAR,
            "share of time × salary × on-cost ÷ 12", len(setups), (share, salary, on_cost),
        )  # fmt: skip
        left = time_left(scenario, setups, role, case)
        yield of_kept(line, np.asarray(left[0].value) if left else np.ones(len(setups)), left)
    days: Floats = np.array([costly(setup.effort_days, case) for setup in setups])
    origin = f"organization {scenario.organization.id}: people.effort_role"
    salary, on_cost = _salary(scenario, people.effort_role, origin, case)
    year = paid(scenario, "people.working_days_per_year", "working days", "a year", case)
    months = asked(scenario, "horizon_months", "horizon", "months")
    work = Input("one-off days", days, "days", "strategies: effort in days, summed")
    yield CostLine(
        "human", CARRYING_OUT, days / months.value, "days a month",
        np.full(len(setups), salary.value * on_cost.value / year.value),
        "one-off days ÷ horizon × salary × on-cost ÷ working days",
        inputs=(work, months, salary, on_cost, year),
    )  # fmt: skip
