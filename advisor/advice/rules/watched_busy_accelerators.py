"""The box was watched, and its GPUs are as busy as they can be planned to be.

## What it sees
Readings of `advisor watch` on this machine, over five minutes or more, in which the GPUs computed
for more than the organization's target utilisation.

## Why it matters
Sharing a GPU pays only where room is left. The projection knows this model's demand, not what else
runs on the box: beside others that fill it, each waits for the other.

## What to do
Leave the GPUs to what runs on them, or find out which process it is: `advisor watch` lists those
that the driver tells.

## Sources
NVML's utilisation; `capacity.target_utilisation` of the organization.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import SHARED_BY, levels_of
from advisor.advice.rules._busy import busy, watched_devices
from advisor.units import percent

SLUG = "watched-busy-accelerators"


def check(facts: Facts) -> Finding | None:
    target = facts.scenario.organization.capacity.target_utilisation
    if not watched_devices(facts) or (found := busy(facts)).share <= target:
        return None
    shared = tuple(slug for slug in ("mig", *SHARED_BY) if any(levels_of(facts, slug)))
    if not shared:
        return None
    return Finding(
        SLUG,
        "warning",
        "the GPUs of this box have no room for others",
        (*found.evidence, ("planned for at most", percent(target))),
        cautions=shared,
    )


RULE = Rule(SLUG, "GPUs that were watched and found full", check)
