"""The four costs: what is counted where, and what an unknown price does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.errors import UnknownNameError
from advisor.projection.project import project
from advisor.projection.result import Bill, Projection
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from advisor.strategies.selection import parse_selection, setup_for
from tests.support.profiles import decoder, encoder
from tests.support.scenarios import scenario


def bill(given: Scenario, chosen: str = "") -> Bill:
    return project(given, [setup_for(parse_selection(chosen))])[0].bill


def names(found: Bill, component: str) -> set[str]:
    return {line.name for line in found.lines if line.component == component}


def accelerator_hours(found: Bill) -> float:
    return sum(
        line.quantity.expected
        for line in found.lines
        if line.unit == "accelerator hours" and line.quantity is not None
    )


def test_each_line_is_quantity_times_unit_price() -> None:
    for line in bill(scenario(encoder(), workload="medical-diagnosis")).lines:
        assert line.quantity is not None
        assert line.unit_price_usd is not None
        assert line.usd_per_month is not None
        product = line.quantity.expected * line.unit_price_usd.expected
        assert line.usd_per_month.expected == pytest.approx(product)


def test_rented_hours_are_training_and_deployment() -> None:
    found = bill(scenario(encoder()))
    assert found.total("hardware").high == 0
    assert "serving, on-demand" in names(found, "training_and_deployment")


def test_owned_hardware_is_hardware_and_draws_energy() -> None:
    owned = scenario(encoder(), "h100-sxm", organization="on-premises-enterprise")
    found = bill(owned)
    assert {"purchase", "colocation"} <= names(found, "hardware")
    assert "energy" in names(found, "training_and_deployment")
    assert not any("on-demand" in line.name for line in found.lines)


def test_an_unknown_price_is_missing_and_never_nothing() -> None:
    found = bill(scenario(encoder(), "b200-sxm", organization="on-premises-enterprise"))
    purchase = next(line for line in found.lines if line.name == "purchase")
    assert purchase.usd_per_month is None
    assert purchase.missing == "purchase price of b200-sxm: not in the catalogue"
    assert purchase.missing in found.missing_in("hardware")


def test_every_unknown_figure_names_itself_and_the_total_is_a_lower_bound() -> None:
    given = scenario(encoder(), "h100-sxm", organization="on-premises-enterprise")
    asked = replace(
        given.workload.data, acquisition_usd_per_sample=None,
        preprocessing_cpu_hours_per_1000_samples=None,
    )  # fmt: skip
    unknown = replace(given, workload=replace(given.workload, data=asked))
    found = bill(unknown)
    assert found.missing_in("data") == (
        "price of acquiring a sample: not given",
        "core hours of pre-processing a sample: not given",
    )
    assert found.missing_in("hardware") == ("maintenance of owned hardware: not given",)
    known = [line.usd_per_month.expected for line in found.lines if line.usd_per_month is not None]
    assert found.total().expected == pytest.approx(sum(known))
    for line in found.lines:
        assert (line.missing is None) == (line.usd_per_month is not None)


def test_what_is_not_used_needs_no_price() -> None:
    given = scenario(encoder(), workload="financial-risk")
    nothing = replace(
        given.workload.data, new_samples_per_month=0.0, acquisition_usd_per_sample=None,
        preprocessing_cpu_hours_per_1000_samples=None,
    )  # fmt: skip
    found = bill(replace(given, workload=replace(given.workload, data=nothing)))
    assert found.missing == ()


def test_each_input_of_a_line_reaches_the_bill_with_its_range_and_source() -> None:
    found = bill(scenario(encoder(), workload="batch-scoring"))
    (labelling,) = (line for line in found.lines if line.name == "labelling")
    price = next(each for each in labelling.inputs if each.unit == "USD")
    assert price.value is not None
    assert (price.value.low, price.value.high) == (0.012, 0.05)
    assert price.source is not None
    assert "Mechanical Turk" in price.source.text
    assert price.origin == "organization cloud-startup: labels_usd.text-classification"


def test_a_bill_without_its_inputs_comes_to_the_same() -> None:
    given, setups = scenario(encoder()), [Setup(), setup_for(parse_selection("spot"))]
    for detailed in (0, 1):  # what an earlier bill lacks is not missing from a later one
        found = [each.bill for each in project(given, setups, detailed=detailed)]
        full = [each.bill for each in project(given, setups)]
        assert [each.total() for each in found] == [each.total() for each in full]
        told = [any(line.inputs for line in each.lines) for each in (*found, *full)]
        # Lines that are alike for all setups have theirs once they were asked for.
        assert told == [detailed > 0, detailed > 0, True, True]
        plain = [[replace(line, inputs=()) for line in each.lines] for each in full]
        assert [[replace(line, inputs=()) for line in each.lines] for each in found] == plain


def test_spot_pays_for_work_done_twice() -> None:
    given = scenario(decoder(4, 1024), "a100-80-sxm", "fine-tuning")
    spot = bill(given, "spot")
    assert accelerator_hours(spot) > accelerator_hours(bill(given))
    assert "training done again after preemption, spot" in names(spot, "training_and_deployment")
    assert "training without spot capacity, on-demand" in names(spot, "training_and_deployment")


def test_days_of_work_are_spread_over_the_horizon() -> None:
    def one_off(months: int) -> float:
        given = scenario(encoder(), settings=[f"horizon_months={months}"])
        lines = bill(given, "bf16").lines
        found = next(line for line in lines if line.name == "carrying out the strategies")
        assert found.usd_per_month is not None
        return found.usd_per_month.expected

    assert one_off(6) == pytest.approx(2 * one_off(12))


def test_a_label_without_a_price_names_the_choices() -> None:
    given = scenario(encoder(), workload="medical-diagnosis")
    odd = replace(given.workload, data=replace(given.workload.data, label_kind="telepathy"))
    with pytest.raises(UnknownNameError, match=r"telepathy.*medical-diagnosis.*bounding-box"):
        project(replace(given, workload=odd), [Setup()])


def training(chosen: str) -> Projection:
    given = scenario(decoder(32, 4096), "a100-80-sxm", "fine-tuning")
    return project(given, [setup_for(parse_selection(chosen))])[0]


def test_sharding_divides_the_states_by_the_ranks() -> None:
    alone, sharded = training(""), training("fsdp:gpus=8")
    assert alone.training_memory_bytes is not None
    assert sharded.training_memory_bytes is not None
    assert sharded.training_memory_bytes.expected < alone.training_memory_bytes.expected / 4
    assert "memory, training" in [limit.name for limit in alone.broken_constraints]
