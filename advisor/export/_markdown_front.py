"""The section on what each further share of quality at risk would save."""

from __future__ import annotations

from advisor import units
from advisor.export._markdown_text import plain, table
from advisor.export.audit import Audit

Lines = list[str]


def front_lines(audit: Audit) -> Lines:
    if not audit.front:
        return []
    rows = [
        (
            units.usd(point.usd_per_month),
            units.percent(point.quality_drop.expected, digits=2),
            units.percent(point.quality_drop.high, digits=2),
            "yes" if point.keeps_floor else "no",
            plain(", ".join(map(str, point.chosen)) or "nothing on"),
        )
        for point in audit.front
    ]
    floor = units.percent(audit.scenario.workload.quality.max_drop)
    return [
        "## Cost against quality at risk",
        "",
        f"No setup beats one of these in both. The workload allows a loss of {floor}.",
        "",
        *table(("USD a month", "expected loss", "at most", "within the floor", "with"), rows),
    ]
