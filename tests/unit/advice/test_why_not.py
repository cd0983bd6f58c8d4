"""Every strategy is answered for: in the plan, refused, or worth nothing there."""

from __future__ import annotations

import pytest

from advisor.advice.plan import make_plan
from advisor.advice.rule import findings
from advisor.advice.why_not import why_not
from advisor.errors import UnknownNameError
from advisor.strategies.catalog import strategies
from tests.support.profiles import encoder
from tests.support.scenarios import facts, scenario

BUSY = ["serving.requests_per_month=30000000000", "training.runs_per_month=30"]
FACTS = facts(scenario(encoder(layers=2), "t4", settings=BUSY))
SAID = findings(FACTS)
PLAN = make_plan(FACTS, SAID)


@pytest.mark.parametrize("slug", strategies())
def test_every_strategy_has_an_answer_that_agrees_with_the_plan(slug: str) -> None:
    answer = why_not(FACTS, SAID, PLAN, slug)
    assert (answer.step is not None) == (slug in {each.slug for each in PLAN.chosen})
    assert answer.reasons
    if answer.step is not None:
        assert not answer.effects
    told = {each.slug for each in PLAN.rejected}
    assert (slug in told) == (answer.step is None)


def test_what_the_hardware_lacks_is_the_whole_answer() -> None:
    answer = why_not(FACTS, SAID, PLAN, "mig")
    assert answer.reasons[0].startswith("t4: needs a GPU with MIG")
    assert not answer.effects


def test_no_allowed_strategy_would_have_made_the_plan_cheaper() -> None:
    """The plan is the cheapest of what the rules allow, so nothing they allow saves beyond it."""
    allowed = {slug for finding in SAID for slug in finding.recommends}
    forbidden = {slug for finding in SAID for slug in finding.forbids}
    for slug in allowed - forbidden - {each.slug for each in PLAN.chosen}:
        for effect in why_not(FACTS, SAID, PLAN, slug).effects:
            if not effect.broken and not effect.instead_of:
                assert (effect.saving_usd_per_month or 0.0) <= 0.005


def test_an_unknown_strategy_is_named_with_the_choices() -> None:
    with pytest.raises(UnknownNameError, match="--why-not"):
        why_not(FACTS, SAID, PLAN, "int9")
