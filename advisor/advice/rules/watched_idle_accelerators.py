"""The box was watched, and its GPUs did nothing for most of the time.

## What it sees
Readings of `advisor watch` on this machine, over five minutes or more, in which the GPUs computed
for less than a third of the time, and strategies that the hardware can run which share a GPU or
give it up.

## Why it is waste
It is not a projection: the hours in which nothing ran were paid for.

## What to do
Watch over a busy day first, so that its peak is in it. Then share the GPUs (MIG, MPS, time-slicing,
other models on the same fleet), or scale with the demand.

## Sources
NVML's utilisation, the share of a sample period in which any kernel ran: a busy reading may still
leave most of a GPU free, an idle one is idle.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import SHARED_BY, levels_of
from advisor.advice.rules._busy import MOSTLY_IDLE, busy, watched_devices
from advisor.units import memory, percent

SLUG = "watched-idle-accelerators"
POOLING = ("mig", *SHARED_BY, "autoscaling")


def check(facts: Facts) -> Finding | None:
    seen = watched_devices(facts)
    if not facts.serves or not seen or (found := busy(facts)).share > MOSTLY_IDLE:
        return None
    idle = [each.idle_share for each in seen if each.idle_share is not None]
    held = [each.memory_used_bytes.mean for each in seen if each.memory_used_bytes is not None]
    able = tuple(slug for slug in POOLING if any(levels_of(facts, slug)))
    return Finding(
        SLUG,
        "waste",
        "the GPUs of this box were seen idle most of the time",
        (
            *found.evidence,
            ("GPUs watched", str(len(seen))),
            ("readings with no kernel at all", percent(sum(idle) / len(idle))),
            *((("memory held, mean", memory(sum(held) / len(held))),) if held else ()),
        ),
        recommends=able,
    )


RULE = Rule(SLUG, "GPUs that were watched and found idle", check)
