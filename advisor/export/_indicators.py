"""The seven indicators in the exports: a row each."""

from __future__ import annotations

from advisor.advice.indicator_text import INDICATOR_HEADER, indicator_texts
from advisor.advice.indicators import Figure, Indicator, indicators
from advisor.export import _document as document
from advisor.export._figures import figure
from advisor.export._markdown_text import plain, table
from advisor.export.audit import Audit


def rows_of(audit: Audit) -> tuple[Indicator, ...]:
    """Of what is switched on, or of the plan where nothing is: that was not measured."""
    metric = audit.profile.metric
    if audit.chosen:
        return indicators(audit.before, audit.selected, audit.measured, metric, audit.trained)
    return indicators(audit.before, audit.plan.after, None, metric)


def as_document(row: Indicator) -> document.Indicator:
    return document.Indicator(
        name=row.name.strip(),
        unit=row.unit,
        before=_value(row.before),
        projected=_value(row.projected),
        measured_before=_value(row.measured_before),
        measured=_value(row.measured),
        error=figure(row.error),
    )


def indicator_lines(audit: Audit) -> list[str]:
    rows = [tuple(map(plain, indicator_texts(row))) for row in rows_of(audit)]
    of = "what is switched on" if audit.chosen else "the plan"
    title = (
        f"Of {of}. Hardware cost is hardware and training & deployment together. "
        "A cost marked ≥ is at least that much."
    )
    return ["## Indicators", "", title, "", *table(INDICATOR_HEADER, rows, 5)]


def _value(known: Figure | None) -> document.Figure | None:
    return None if known is None else document.Figure(figure(known.value), known.at_least)
