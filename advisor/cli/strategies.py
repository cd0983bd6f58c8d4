"""advisor strategies: what can be switched on."""

from __future__ import annotations

from typing import Any

from advisor.cli._listing import listing
from advisor.strategies.catalog import strategies


def rows() -> list[tuple[str, str, str, str]]:
    return [
        (
            strategy.slug,
            strategy.family,
            "; ".join(f"{p.name}={'|'.join(map(str, p.levels))}" for p in strategy.parameters),
            strategy.summary,
        )
        for strategy in strategies().values()
    ]


def document() -> list[dict[str, Any]]:
    return [
        {
            "slug": strategy.slug,
            "title": strategy.title,
            "family": strategy.family,
            "summary": strategy.summary,
            "phases": sorted(strategy.phases),
            "touches": sorted(strategy.touches),
            "measurable": strategy.apply is not None,
            "parameters": strategy.parameters,
            "conflicts": strategy.conflicts,
            "effort_days": strategy.effort_days,
            "quality_drop": strategy.quality_drop(strategy.default_levels()),
            "quality_source": strategy.quality_source,
        }
        for strategy in strategies().values()
    ]


COMMAND = listing(
    "strategies",
    "list the strategies",
    ("slug", "family", "levels", "what it does"),
    rows,
    document,
)
