"""What is on does not depend on how it came to be on; and with nothing on, nothing changes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from advisor.projection.project import project
from advisor.projection.setup import Setup
from advisor.strategies.selection import Choice, conflict, every_choice, selection, setup_for
from tests.support.profiles import convnet, decoder, encoder
from tests.support.scenarios import facts, scenario

SCENARIOS = (
    scenario(encoder(layers=2), "a100-80-sxm"),
    scenario(decoder(layers=2), "h100-sxm", "fine-tuning", "on-premises-enterprise"),
    scenario(convnet(), "t4", "medical-diagnosis"),
)
everything = st.sampled_from([choice for levels in every_choice().values() for choice in levels])
at = st.sampled_from(range(len(SCENARIOS)))


@settings(max_examples=40, deadline=None)
@given(at, st.lists(everything, min_size=2, max_size=4, unique_by=lambda each: each.slug))
def test_the_order_of_switching_on_never_matters(index: int, chosen: list[Choice]) -> None:
    assume(all(conflict(each.slug, chosen) is None for each in chosen))
    setups = [setup_for(order) for order in itertools.permutations(chosen)]
    totals = [
        (each.bill.total().expected, each.latency_s.expected, each.quality_drop.high)
        for each in project(SCENARIOS[index], setups)
    ]
    assert all(each == pytest.approx(totals[0]) for each in totals)
    assert selection(chosen) == selection(chosen[::-1])


@pytest.mark.parametrize("index", range(len(SCENARIOS)))
def test_with_nothing_on_nothing_changes(index: int) -> None:
    nothing, default = project(SCENARIOS[index], [setup_for(()), Setup()])
    assert nothing == default == facts(SCENARIOS[index]).before
    assert nothing.quality_drop.high == 0
    assert "carrying out the strategies" not in {line.name for line in nothing.bill.lines}


@settings(max_examples=30, deadline=None)
@given(at, everything)
def test_no_line_of_any_bill_is_below_nothing(index: int, choice: Choice) -> None:
    lines = project(SCENARIOS[index], [setup_for((choice,))])[0].bill.lines
    assert all(line.usd_per_month is None or line.usd_per_month.low >= 0 for line in lines)
    assert all((line.missing is None) == (line.usd_per_month is not None) for line in lines)


@settings(max_examples=30, deadline=None)
@given(at, everything)
def test_one_setup_costs_the_same_alone_and_in_a_batch(index: int, choice: Choice) -> None:
    """What the search finds is what the screen shows."""
    setup = setup_for((choice,))
    alone = project(SCENARIOS[index], [setup])[0]
    assert facts(SCENARIOS[index]).alone[choice].bill.total().expected == pytest.approx(
        alone.bill.total().expected, rel=1e-12
    )
