"""What is on now, projected on every hardware that has a price."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from advisor.advice.certificate import has_price
from advisor.projection.project import project
from advisor.strategies.selection import Selection, lacking_on, setup_for

if TYPE_CHECKING:
    from advisor.catalog.hardware import Hardware
    from advisor.projection.result import Projection
    from advisor.projection.scenario import Scenario


@dataclass(frozen=True)
class HardwareCost:
    """`lacking` are strategies that are on, which this hardware has no units for: left out."""

    hardware: Hardware
    projection: Projection
    lacking: tuple[str, ...]

    @property
    def usd_per_month(self) -> float:
        return self.projection.bill.total().expected


def hardware_costs(
    scenario: Scenario, chosen: Selection, parts: Iterable[Hardware]
) -> list[HardwareCost]:
    """`chosen` on each of `parts` with a price in the organization's way of buying, cheapest first.

    Raises AdvisorError where the organization's price lists cannot be used.
    """
    there = [replace(scenario, hardware=part) for part in parts]
    found = [_cost(each, chosen) for each in there if has_price(each)]
    return sorted(found, key=lambda each: (each.usd_per_month, each.hardware.id))


def _cost(scenario: Scenario, chosen: Selection) -> HardwareCost:
    lacking = tuple(
        choice.slug
        for choice in chosen
        if lacking_on(scenario.hardware, choice.strategy) is not None
    )
    kept = tuple(choice for choice in chosen if choice.slug not in lacking)
    return HardwareCost(scenario.hardware, project(scenario, [setup_for(kept)])[0], lacking)
