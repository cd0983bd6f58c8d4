"""What a plan is worth, as lines of the screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.tui.render.economics import economics_lines
from advisor.tui.render.line import text_of, width_of
from tests.support.audits import full_audit, plain_audit


@pytest.mark.parametrize("width", [60, 80, 140])
def test_every_line_fits_and_says_what_is_known(width: int) -> None:
    audit = full_audit()
    lines = economics_lines(audit.plan, audit.economics, width)
    assert all(width_of(line) <= width for line in lines)
    text = "\n".join(map(text_of, lines))
    assert "worth over 12 months at 8.0% a year" in text
    assert "0.9 months" in text
    assert "unknown" in text
    assert "!spot alone" in text
    assert "breaks a limit: spot (latency)" in " ".join(text.split())
    assert "rent or buy" in text
    assert "holds" in text
    assert "0.92" in text
    assert "which step earns it" in text
    assert "bf16 and spot earn the same $12.50" in text


def test_a_plan_without_a_step_or_a_rate_says_so() -> None:
    audit = plain_audit()
    text = "\n".join(map(text_of, economics_lines(audit.plan, audit.economics, 80)))
    assert "at no stated rate" in text
    assert "the plan" not in text
    assert "rent or buy" not in text


def test_until_it_is_worked_out_nothing_is_claimed() -> None:
    lines = economics_lines(plain_audit().plan, None, 80)
    assert "being worked out" in text_of(lines[-1])


def test_what_is_never_paid_back_is_never() -> None:
    audit = full_audit()
    never = audit.economics.plan.payback_months
    assert never is not None
    lost = replace(audit.economics.plan, payback_months=replace(never, expected=never.high))
    lines = economics_lines(audit.plan, replace(audit.economics, plan=lost), 80)
    assert "never" in text_of(lines[3])
