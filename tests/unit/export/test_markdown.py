"""The Markdown export as a person reads it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from advisor.export._markdown_text import plain, table
from advisor.export.audit import Audit
from advisor.export.markdown import render
from tests.support.audits import AUDITS, HOSTILE, full_audit, plain_audit


def _text(audit: Audit) -> str:
    return render(audit).decode()


def _section(text: str, title: str) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _cells(row: str) -> int:
    """Cells of a table's row as Markdown counts them: bars that no backslash escapes."""
    return len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) - 1


def test_the_first_sentence_says_what_is_saved() -> None:
    assert "**From $3,002 to $2,402 a month** (-$600, -20.0%): 1 step, 0.5 days" in _text(
        full_audit()
    )


def test_a_plan_without_steps_says_so() -> None:
    text = _text(plain_audit())
    assert "no step of this plan makes it less" in text
    assert "## Steps" not in text
    assert "## Measured" not in text


def test_a_total_with_a_missing_price_says_at_least_and_what_is_missing() -> None:
    costs = _section(_text(full_audit()), "Costs")
    assert "≥ $2,500" in costs
    assert "- price of storage: not in the catalogue" in costs
    assert "≥" not in _section(_text(plain_audit()), "Costs")


def test_a_step_says_all_that_somebody_has_to_agree_to() -> None:
    steps = _section(_text(full_audit()), "Steps")
    for label in ("Why", "Saves", "Effort", "Risk", "Check", "Roll back when", "Sign-off"):
        assert f"- {label}" in steps
    assert "$600 ($250 – $750)" in steps
    assert "______" in steps


def test_the_measured_bill_stands_beside_the_projected_one() -> None:
    text = _text(full_audit())
    header = _section(text, "Costs").strip().splitlines()[0]
    assert "switched on, measured" in header
    assert "+7.1%" in _section(text, "Measured")
    assert "unknown" in _section(text, "Measured")


@pytest.mark.parametrize(
    ("minimum_is_feasible", "words"),
    [(True, "The plan breaks a constraint"), (False, "None of them keeps")],
)
def test_a_plan_that_breaks_a_constraint_is_not_compared_with_the_minimum(
    minimum_is_feasible: bool, words: str
) -> None:
    audit = full_audit()
    certificate = replace(
        audit.plan.certificate, plan_is_feasible=False, minimum_is_feasible=minimum_is_feasible
    )
    broken = replace(audit, plan=replace(audit.plan, certificate=certificate))
    section = _section(_text(broken), "Distance to the minimum")
    assert words in section
    assert "above it" not in section


@pytest.mark.parametrize("reference", ["encoder", HOSTILE, "a \\| b", "\\"])
@pytest.mark.parametrize("audit", AUDITS)
def test_every_row_of_a_table_has_the_cells_of_its_header(audit: str, reference: str) -> None:
    rows = [line for line in _text(AUDITS[audit](reference)).splitlines() if line.startswith("|")]
    widths: list[int] = []
    for index, row in enumerate(rows):
        if index + 1 < len(rows) and set(rows[index + 1]) <= set("|-: "):
            widths.append(_cells(row))
        assert _cells(row) == widths[-1], row
    assert len(widths) >= 3


def test_text_from_outside_is_no_markup() -> None:
    shown = plain(HOSTILE)
    assert shown.startswith(r"evil\|name\`\*\_&lt;b&gt;&")
    assert plain("a & b, &lt; &#35; max_days") == r"a & b, &amp;lt; &amp;\#35; max_days"
    assert "\n" not in shown
    assert table(("a", "b"), [(plain("x|y"), "z")])[2] == r"| x\|y | z |"
