"""Budgets and objectives as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor.tui.render.line import Line, Span, fit, line

if TYPE_CHECKING:
    from advisor.tui.budgets import Budget

TITLE, VALUE = 25, 12


def budget_lines(budgets: Sequence[Budget], width: int) -> list[Line]:
    """A line for each, so that its number is that of its line."""
    return [_line(each, width) for each in budgets]


def _line(budget: Budget, width: int) -> Line:
    shown = budget.typed or "–"
    value = f"‹ {fit(shown, VALUE - 4)} ›" if budget.is_choice else fit(shown, VALUE)
    head = f" {fit(budget.title, TITLE)} "
    told = "; ".join(filter(None, (budget.unit, budget.origin)))
    rest = fit(f" {told}", max(0, width - len(head) - VALUE))
    return line(Span(head), Span(value, "accent"), Span(rest, "dim"))
