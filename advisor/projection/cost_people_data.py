"""Data and people: what the model's data costs every month, and the team."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from advisor.errors import CatalogError
from advisor.projection.lines import CostLine
from advisor.projection.operators import Floats
from advisor.projection.result import Component
from advisor.projection.scenario import Case, Scenario, costly
from advisor.projection.setup import Setup

MONTHS_PER_YEAR = 12.0


def _line(
    component: Component, name: str, quantity: float, unit: str, price: float, formula: str,
    size: int, missing: str | None = None,
) -> CostLine:  # fmt: skip
    return CostLine(
        component,
        name,
        np.full(size, float(quantity)),
        unit,
        np.full(size, price),
        formula,
        missing,
    )


def data_lines(scenario: Scenario, size: int, case: Case) -> Iterator[CostLine]:
    """Acquiring, labelling, checking, storing and pre-processing, for `size` setups alike."""
    data, organization = scenario.workload.data, scenario.organization
    samples = data.new_samples_per_month
    yield _line(
        "data", "acquisition", samples, "samples", data.acquisition_usd_per_sample,
        "new samples × price of one", size,
    )  # fmt: skip
    if data.label_kind is not None:
        if data.label_kind not in organization.labels_usd:
            raise CatalogError(
                f"workload {scenario.workload.id}: data.label_kind {data.label_kind!r} is not "
                f"priced by organization {organization.id}; its labels_usd has "
                f"{', '.join(sorted(organization.labels_usd))}"
            )
        price = costly(organization.labels_usd[data.label_kind], case)
        labels = samples * data.labels_per_sample
        yield _line(
            "data", "labelling", labels, "labels", price,
            f"new samples × labels each × price of one {data.label_kind} label", size,
        )  # fmt: skip
        yield _line(
            "data", "quality checks", labels * data.quality_check_fraction, "labels", price,
            "labels × share labelled again × price of one", size,
        )  # fmt: skip
    yield _line(
        "data", "storage", data.stored_gb, "GB",
        costly(organization.storage.object_usd_per_gb_month, case),
        "GB stored × price of a GB", size,
    )  # fmt: skip
    core_hour = organization.rental.cpu_usd_per_core_hour
    hours = samples / 1000 * data.preprocessing_cpu_hours_per_1000_samples
    unpriced = hours > 0 and core_hour is None
    yield _line(
        "data", "pre-processing", hours, "core hours",
        np.nan if unpriced else costly(core_hour, case) if core_hour else 0.0,
        "new samples × core hours of one × price of a core hour", size,
        "price of a processor core hour: not given" if unpriced else None,
    )  # fmt: skip


def _salary(scenario: Scenario, role: str, origin: str, case: Case) -> float:
    salaries = scenario.organization.people.salaries_usd_per_year
    if role not in salaries:
        raise CatalogError(
            f"{origin}: role {role!r} has no salary in organization {scenario.organization.id}; "
            f"it has {', '.join(sorted(salaries))}"
        )
    return costly(salaries[role], case) * costly(scenario.organization.people.on_cost_factor, case)


def people_lines(scenario: Scenario, setups: Sequence[Setup], case: Case) -> Iterator[CostLine]:
    """The team's share of time, and the days that the strategies take, over the horizon."""
    people, workload = scenario.organization.people, scenario.workload
    for role, share in sorted(workload.people_fte.items()):
        yearly = _salary(scenario, role, f"workload {workload.id}: people_fte", case)
        yield _line(
            "human", role, share, "full-time equivalents", yearly / MONTHS_PER_YEAR,
            "share of time × salary × on-cost ÷ 12", len(setups),
        )  # fmt: skip
    days: Floats = np.array([costly(setup.effort_days, case) for setup in setups])
    origin = f"organization {scenario.organization.id}: people.effort_role"
    daily = _salary(scenario, people.effort_role, origin, case) / people.working_days_per_year
    yield CostLine(
        "human", "carrying out the strategies", days / workload.horizon_months, "days a month",
        np.full(len(setups), daily),
        f"one-off days ÷ {workload.horizon_months:g} months × salary of a day × on-cost",
    )  # fmt: skip
