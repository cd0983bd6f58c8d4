"""What must hold of an investment, whatever its figures."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.advice.economics import net_present_value_usd, payback_months
from advisor.advice.tornado import saving_usd, tornado
from advisor.advice.uncertain import uncertain_inputs
from advisor.projection.setup import Setup
from tests.support.bills import PAYER, WORK, changed, exactly, paper

usd = st.floats(1, 1e7)
rates = st.floats(0, 2)
months = st.floats(1, 120)


@given(usd, usd, rates, rates, months)
def test_a_higher_discount_rate_is_never_worth_more(
    spent: float, saving: float, one: float, other: float, horizon: float
) -> None:
    low, high = sorted((one, other))
    cheap, dear = (net_present_value_usd(spent, saving, rate, horizon) for rate in (low, high))
    assert dear <= cheap + 1e-9 * saving * horizon


@given(usd, usd)
def test_what_is_saved_until_payback_is_what_was_spent(spent: float, saving: float) -> None:
    assert payback_months(spent, saving) * saving == pytest.approx(spent)


@given(usd, usd, months)
def test_without_discount_the_present_value_is_zero_at_payback(
    spent: float, saving: float, horizon: float
) -> None:
    worth = net_present_value_usd(spent, saving, 0.0, horizon)
    assert worth == pytest.approx(saving * (horizon - payback_months(spent, saving)), abs=1e-3)


@settings(max_examples=4, deadline=None)
@given(st.floats(0.5, 40), st.floats(0.3, 4))
def test_every_flip_turns_the_decision(days: float, gigabyte_usd: float) -> None:
    payer = changed(PAYER, "storage", egress_usd_per_gb=exactly(gigabyte_usd))
    case = (paper(payer, WORK), Setup(serving_purchase="spot", effort_days=exactly(days)))
    puts = {each.key: each.put for each in uncertain_inputs(case)}
    saves = saving_usd(case)
    assert saves is not None
    for each in tornado(*case):
        if each.flip is not None:
            turned = saving_usd(puts[each.key](case, each.flip))
            assert turned is not None
            assert (turned > 0) != (saves > 0)
