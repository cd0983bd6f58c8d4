"""A payer, a part and a price list in round figures, to work bills out on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from advisor.catalog.hardware import Compute, Efficiency, Hardware, Memory, Power, Purchase
from advisor.catalog.organization import (
    Capacity,
    Energy,
    Organization,
    Ownership,
    People,
    Rental,
    Storage,
)
from advisor.catalog.pricing import Instance, PriceList, PurchaseOption
from advisor.catalog.quantity import Quantity, Source
from advisor.catalog.workload import Data, Serving, Training, Workload
from advisor.projection.capacity import Fleet
from advisor.projection.cost_compute import compute_lines
from advisor.projection.cost_kept import keeping_lines
from advisor.projection.cost_people_data import data_lines, people_lines
from advisor.projection.lines import CostLine
from advisor.projection.machines import Running
from advisor.projection.scenario import Case, Scenario
from advisor.projection.setup import Setup
from tests.support.profiles import encoder

RUNNING = "running"
SOURCE = Source("by hand", "2026-11-01", "high")


def exactly(value: float) -> Quantity:
    return Quantity.exact(value)


PART = Hardware(
    id="card", name="A card", vendor="nvidia", architecture="none",
    compute=Compute(SOURCE, fp32_tflops=10.0),
    memory=Memory(SOURCE, capacity_gib=16, bandwidth_gb_per_s=300),
    efficiency=Efficiency(
        SOURCE, compute_fraction=exactly(0.5), bandwidth_fraction=exactly(0.8),
        dispatch_us=exactly(8.0), launch_us=exactly(3.0),
    ),
    power=Power(SOURCE, tdp_w=500),
    purchase=Purchase(SOURCE, exactly(20_000)),
)  # fmt: skip

PRICES = PriceList(
    "cloud", "A cloud", "USD",
    (
        Instance(
            "four", "card", 4, "here", SOURCE, on_demand_usd_per_hour=8.0, spot_usd_per_hour=3.2
        ),
    ),
    {"1-year": exactly(0.4)},
)  # fmt: skip

ONE_BY_ONE = replace(
    PRICES,
    instances=(
        Instance(
            "one", "card", 1, "here", SOURCE, on_demand_usd_per_hour=2.0, spot_usd_per_hour=0.8
        ),
    ),
)
"""The same prices on machines of one accelerator."""

PAYER = Organization(
    "payer", "A payer",
    People(
        {"engineer": exactly(120_000), "analyst": exactly(90_000)}, exactly(1.25), 250, "engineer"
    ),
    Energy(exactly(0.1), exactly(1.5), 0.1, exactly(400)),
    Storage(exactly(0.02), exactly(0.05), {"cold": exactly(0.01)}),
    Rental(("cloud",), "on-demand", cpu_usd_per_core_hour=exactly(0.05)),
    Ownership(48, exactly(0.1), exactly(0.5), exactly(0.04), exactly(150), exactly(0.4)),
    Capacity(0.7, exactly(0.1), exactly(0.2), exactly(0.05)),
    {"box": exactly(0.08)},
)  # fmt: skip

WORK = Workload(
    "work", "Work", "tests",
    Serving(requests_per_month=2_000_000, response_bytes=5_000),
    Training(runs_per_month=2, experiments_per_run=3, checkpoints_kept=4, registry_versions=3),
    Data(
        new_samples_per_month=10_000, acquisition_usd_per_sample=0.02, label_kind="box",
        labels_per_sample=3, stored_gb=1_000, growth_gb_per_month=50, tier_shares={"cold": 0.6},
        preprocessing_cpu_hours_per_1000_samples=2, quality_check_fraction=0.1,
    ),
    {"engineer": 0.5, "analyst": 1.5},
    horizon_months=24,
)  # fmt: skip


def paper(
    payer: Organization = PAYER, work: Workload = WORK, part: Hardware = PART,
    prices: PriceList = PRICES,
) -> Scenario:  # fmt: skip
    return Scenario(encoder(), part, work, payer, {"cloud": prices})


def changed(profile: Any, block: str, **changes: Any) -> Any:
    """`profile` with keys of one of its blocks changed."""
    return replace(profile, **{block: replace(getattr(profile, block), **changes)})


def fleet(**figures: float) -> Fleet:
    """One setup's fleet; what is not given is 0."""
    names = {name: figures.pop(name, 0.0) for name in Fleet.__dataclass_fields__ if name != RUNNING}
    assert not figures, f"no such figure: {figures}"
    arrays = {name: np.array([value]) for name, value in names.items()}
    return Fleet(**arrays, running=Running.always(arrays["serving_accelerators"]))


def lines_of(
    given: Scenario, size: Fleet, serving: PurchaseOption, training: PurchaseOption, *,
    weights_bytes: float = 0.0, ranks: float = 1.0, effort_days: float = 0.0,
    case: Case = "expected",
) -> dict[str, CostLine]:  # fmt: skip
    """Every line that something is bought on, by name."""
    setups: Sequence[Setup] = [Setup(effort_days=exactly(effort_days))]
    found: Iterable[CostLine] = (
        *compute_lines(given, size, [serving], [training], case, np.array([ranks])),
        *keeping_lines(given, [Setup()], np.array([weights_bytes]), case),
        *data_lines(given, setups, case),
        *people_lines(given, setups, case),
    )
    return {line.name: line for line in found if line.quantity[0] != 0}


def cents(line: CostLine) -> float:
    return round(float(line.usd_per_month[0]), 2)
