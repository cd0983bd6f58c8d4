"""Indicators as text, the same on the screen, in a file and on the command line."""

from __future__ import annotations

from advisor import units
from advisor.advice.indicators import Figure, Indicator, IndicatorUnit

INDICATOR_HEADER = (
    "indicator", "before", "projected", "measured before", "measured after", "error",
)  # fmt: skip


def indicator_texts(row: Indicator) -> tuple[str, ...]:
    """One text for each column of `INDICATOR_HEADER`; what was not measured is a dash."""
    return (
        row.name,
        figure_text(row.before, row.unit),
        figure_text(row.projected, row.unit),
        "–" if row.measured_before is None else figure_text(row.measured_before, row.unit),
        "–" if row.measured is None else figure_text(row.measured, row.unit),
        "–" if row.error is None else units.percent(row.error, signed=True),
    )


def figure_text(figure: Figure | None, unit: IndicatorUnit) -> str:
    if figure is None:
        return units.UNKNOWN
    match unit:
        case "s":
            return units.seconds(figure.value)
        case "USD/month":
            return units.usd(figure.value, at_least=figure.at_least)
        case "score":
            return units.number(figure.value)
        case _:
            return units.percent(figure.value)
