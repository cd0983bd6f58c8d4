"""Three bills worked out on paper, line by line, and equal to the cent.

Each entry is the arithmetic and what it comes to. Nothing in it is taken from the engine: the
part, the payer, the price list and the hours are those of `tests.support.bills`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.projection.lines import CostLine
from tests.support.bills import PAYER, WORK, cents, changed, fleet, lines_of, paper

# A checkpoint: 12 layers x 12 x 768² parameters x (4 bytes + twice 4 for the optimizer).
CHECKPOINT_GB = 12 * 12 * 768**2 * 12 / 1e9

DATA_AND_PEOPLE = {
    "acquisition": (10_000 * 0.02, 200.00),
    "labelling": (10_000 * 3 * 0.08, 2_400.00),
    "quality checks": (10_000 * 3 * 0.1 * 0.08, 240.00),
    "storage, cold": (1_000 * 0.6 * 0.01, 6.00),
    "storage": (1_000 * 0.4 * 0.02, 8.00),
    # 50 GB a month for 24 months: 600 GB on average, 0.4 of it at 0.02 and 0.6 at 0.01.
    "storage of growth": (600 * (0.4 * 0.02 + 0.6 * 0.01), 8.40),
    "pre-processing": (10 * 2 * 0.05, 1.00),
    "engineer": (0.5 * 120_000 * 1.25 / 12, 6_250.00),
    "analyst": (1.5 * 90_000 * 1.25 / 12, 14_062.50),
    # Six days once, over 24 months: a day is 120,000 x 1.25 / 250 = 600.
    "carrying out the strategies": (6 / 24 * 600, 150.00),
}
KEPT = {
    "checkpoints": (4 * CHECKPOINT_GB * 0.02, 0.08),
    "registry": (3 * 10 * 0.02, 0.60),
    "egress": (2_000_000 * 5_000 / 1e9 * 0.05, 0.50),
}


def check(found: dict[str, CostLine], *paper_lines: dict[str, tuple[float, float]]) -> None:
    worked = {name: figures for part in paper_lines for name, figures in part.items()}
    assert set(found) == set(worked)
    for name, (arithmetic, usd) in worked.items():
        assert round(arithmetic, 2) == usd, f"{name}: the arithmetic on paper is wrong"
        assert cents(found[name]) == usd, name
    total = sum(float(line.usd_per_month[0]) for line in found.values())
    assert round(total, 2) == round(sum(arithmetic for arithmetic, _ in worked.values()), 2)


def test_rented_on_demand() -> None:
    """Two accelerators serve all month; two runs of 100 hours with six experiments a month."""
    size = fleet(serving_accelerators=2, serving_hours=1_460, training_hours=800)
    found = lines_of(paper(), size, "on-demand", "on-demand", weights_bytes=10e9, effort_days=6)
    rented = {
        # Four accelerators for 8 USD an hour: 2 USD each.
        "serving, on-demand": (1_460 * 2, 2_920.00),
        "training, on-demand": (800 / 4 * 2, 400.00),
        "experiments, on-demand": (800 * 3 / 4 * 2, 1_200.00),
        # 5% of all hours is lost: 800 hours of progress take 800 / 0.95.
        "work lost to failures, on-demand": ((800 / 0.95 - 800) * 2, 84.21),
        # One machine serves all month, 730 x 8 = 5,840, and half of it is not needed. Each run
        # has a machine to itself, 800 / 0.95 x 8 = 6,736.84, and needs a quarter.
        "serving, rest of the machines, on-demand": (730 * 8 - 1_460 * 2, 2_920.00),
        "training, rest of the machines, on-demand": (800 / 0.95 * (8 - 2), 5_052.63),
    }
    check(found, rented, KEPT, DATA_AND_PEOPLE)


def test_training_on_what_is_owned_beside_rented_serving() -> None:
    """Three accelerators train, one more stands there; 800 kWh are drawn."""
    payer = changed(PAYER, "ownership", owned_accelerators={"card": 4})
    size = fleet(
        serving_accelerators=2, serving_hours=1_460, training_hours=800, owned_accelerators=5,
        owned_for_training=3, energy_kwh=2_000, training_energy_kwh=800,
    )  # fmt: skip
    scenario = paper(payer)
    found = lines_of(scenario, size, "on-demand", "owned", weights_bytes=10e9, effort_days=6)
    bought = {
        "serving, on-demand": (1_460 * 2, 2_920.00),
        "serving, rest of the machines, on-demand": (730 * 8 - 1_460 * 2, 2_920.00),
        "purchase": (3 * 20_000 * 0.9 / 48, 1_125.00),
        "host and network": (3 * 20_000 * 0.5 * 0.9 / 48, 562.50),
        "maintenance": (3 * 20_000 * 1.5 * 0.04 / 12, 300.00),
        # Each draws 0.5 kW and its host 0.2.
        "colocation": (3 * 0.7 * 150, 315.00),
        "purchase, owned and idle": (1 * 20_000 * 0.9 / 48, 375.00),
        "host and network, owned and idle": (1 * 20_000 * 0.5 * 0.9 / 48, 187.50),
        "maintenance, owned and idle": (1 * 20_000 * 1.5 * 0.04 / 12, 100.00),
        "colocation, owned and idle": (1 * 0.7 * 150, 105.00),
        "energy": (800 * 1.4 * 0.1 * 1.5, 168.00),
    }
    check(found, bought, KEPT, DATA_AND_PEOPLE)


def test_owned_with_more_bought_than_is_needed() -> None:
    """Four accelerators are needed, six stand there; 2,000 kWh are drawn."""
    payer = changed(PAYER, "ownership", owned_accelerators={"card": 6})
    size = fleet(owned_accelerators=4, serving_hours=1_460, training_hours=800, energy_kwh=2_000)
    found = lines_of(paper(payer), size, "owned", "owned", weights_bytes=10e9, effort_days=6)
    owned = {
        # 20,000 less a tenth that is got back, over 48 months: 375 a month each.
        "purchase": (4 * 20_000 * 0.9 / 48, 1_500.00),
        "host and network": (4 * 20_000 * 0.5 * 0.9 / 48, 750.00),
        "maintenance": (4 * 20_000 * 1.5 * 0.04 / 12, 400.00),
        "colocation": (4 * 0.7 * 150, 420.00),
        "purchase, owned and idle": (2 * 20_000 * 0.9 / 48, 750.00),
        "host and network, owned and idle": (2 * 20_000 * 0.5 * 0.9 / 48, 375.00),
        "maintenance, owned and idle": (2 * 20_000 * 1.5 * 0.04 / 12, 200.00),
        "colocation, owned and idle": (2 * 0.7 * 150, 210.00),
        "energy": (2_000 * 1.4 * 0.1 * 1.5, 420.00),
    }
    check(found, owned, KEPT, DATA_AND_PEOPLE)


def test_reserved_serving_and_spot_training() -> None:
    """Three accelerators are committed to and used for 1,500 hours; training runs on spot."""
    payer = changed(PAYER, "rental", negotiated_discount=0.1)
    size = fleet(serving_accelerators=3, serving_hours=1_500, training_hours=760)
    found = lines_of(paper(payer), size, "reserved", "spot", weights_bytes=10e9, effort_days=6)
    # On demand 2 less 40% for a year, less the negotiated 10%: 1.08. Spot 0.8 less 10%: 0.72.
    bought = {
        "serving, reserved": (1_500 * 1.08, 1_620.00),
        # Three are on a machine of four.
        "serving, committed and idle, reserved": ((4 * 730 - 1_500) * 1.08, 1_533.60),
        # A fifth of the hours finds no spot capacity.
        "training, spot": (760 / 4 * 0.8 * 0.72, 109.44),
        "experiments, spot": (760 * 3 / 4 * 0.8 * 0.72, 328.32),
        "work lost to failures, spot": (760 * 0.05 / 0.95 * 0.8 * 0.72, 23.04),
        # 760 / 0.95 = 800 hours in all, 640 of them on spot; a tenth of what is paid for is lost.
        "training done again after preemption, spot": (640 * 0.1 / 0.9 * 0.72, 51.20),
        "training without spot capacity, on-demand": (800 * 0.2 * 1.8, 288.00),
        # A run takes one accelerator of four.
        "training, rest of the machines, spot": (640 / 0.9 * 3 * 0.72, 1_536.00),
        "training without spot capacity, rest of the machines, on-demand": (160 * 3 * 1.8, 864.00),
    }
    check(found, bought, KEPT, DATA_AND_PEOPLE)


def test_reserved_training_pays_for_whole_months() -> None:
    """A run on eight accelerators at once for 100 hours commits to eight for the month."""
    payer = changed(PAYER, "capacity", failed_work_fraction=replace_exact(0.0))
    size = fleet(training_hours=800)
    found = lines_of(paper(payer), size, "on-demand", "reserved", ranks=8)
    assert cents(found["training, reserved"]) == round(200 * 1.2, 2)
    idle = found["training, committed and idle, reserved"]
    assert cents(idle) == round((8 * 730 - 800) * 1.2, 2)


def test_hours_in_which_no_step_runs_are_paid_for() -> None:
    """760 hours of progress, 5% of all work lost, a fifth of the hours paid for standing still."""
    payer = changed(PAYER, "capacity", standing_still_fraction=replace_exact(0.2))
    found = lines_of(paper(payer), fleet(training_hours=760), "on-demand", "on-demand")
    assert cents(found["work lost to failures, on-demand"]) == round(760 / 0.95 * 0.05 * 2, 2)
    assert cents(found["standing still, on-demand"]) == round(760 / 0.95 / 0.8 * 0.2 * 2, 2)


def replace_exact(value: float) -> object:
    return replace(PAYER.capacity.failed_work_fraction, low=value, expected=value, high=value)


@pytest.mark.parametrize("option", ["on-demand", "spot", "reserved", "owned"])
def test_no_work_costs_no_computing(option: str) -> None:
    work = changed(WORK, "serving", requests_per_month=0.0)
    work = changed(work, "training", runs_per_month=0.0, checkpoints_kept=0, registry_versions=0)
    found = lines_of(paper(work=work), fleet(), option, option)  # type: ignore[arg-type]
    assert set(found) <= set(DATA_AND_PEOPLE)
