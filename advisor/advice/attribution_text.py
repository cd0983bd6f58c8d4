"""Shares of a saving and interactions in words."""

from __future__ import annotations

from advisor import units
from advisor.advice.attribution import Attribution, Interaction

INTERACTIONS_SHOWN = 5
LEAST_SHOWN_USD = 1.0
"""A month; less is not worth a line."""


def strong_interactions(found: Attribution) -> tuple[Interaction, ...]:
    strong = (each for each in found.interactions if abs(each.usd_per_month) >= LEAST_SHOWN_USD)
    return tuple(strong)[:INTERACTIONS_SHOWN]


def interaction_text(found: Interaction) -> str:
    verb = "help each other by" if found.usd_per_month > 0 else "earn the same"
    return f"{found.one} and {found.two} {verb} {units.usd(abs(found.usd_per_month))}"
