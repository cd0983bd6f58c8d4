"""Training that could be interrupted is bought at the price of capacity that cannot be taken away.

## What it sees
Training rented on demand, a workload whose runs may restart from a checkpoint, a spot price in the
organization's clouds, and a lower projected price of training with the lost work paid for.

## Why it is waste
Guaranteed capacity is worth its price only to work that cannot wait.

## What to do
Train on spot capacity with regular checkpoints. Serving stays as it is.

## Sources
The price lists; SkyPilot spot traces (2022-10 to 2023-04); the organization's share of lost work.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.projection.prices import hourly_price
from advisor.strategies.selection import Choice
from advisor.units import usd

SLUG = "interruptible-training-on-demand"


def check(facts: Facts) -> Finding | None:
    scenario = facts.scenario
    rented = scenario.organization.rental.purchase_option == "on-demand"
    if not (facts.trains and scenario.workload.interruptible_training and rented):
        return None
    usual, spot = hourly_price(scenario, "on-demand").usd, hourly_price(scenario, "spot").usd
    if usual is None or spot is None:
        return None
    before, after = (
        each.bill.total("training_and_deployment").expected
        for each in (facts.before, facts.alone[Choice("spot")])
    )
    if after >= before:
        return None
    return Finding(
        SLUG,
        "waste",
        "runs that may be interrupted pay for capacity that never is",
        (
            ("on demand, an hour", usd(usual.expected)),
            ("spot, an hour", usd(spot.expected)),
            ("saved a month before the work it takes", usd(before - after)),
        ),
        recommends=("spot",),
    )


RULE = Rule(SLUG, "interruptible training on guaranteed capacity", check)
