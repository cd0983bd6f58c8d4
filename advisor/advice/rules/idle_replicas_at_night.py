"""Replicas for the peak are rented all day.

## What it sees
Rented serving whose fleet for the busiest hour costs noticeably more than replicas that follow the
day's demand.

## Why it is waste
In quiet hours most of the replicas answer nothing, and each is paid for by the hour.

## What to do
Let an autoscaler follow the demand; keep as many replicas as the first requests of a jump need.

## Sources
The workload's hours (`serving.hourly_shares`), or a day with one smooth peak of its peak-to-mean
ratio; alibaba/clusterdata, cluster-trace-v2026-GenAI: 66.8% of pod-time idle.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE, levels_of
from advisor.units import number, usd

SLUG = "idle-replicas-at-night"


def check(facts: Facts) -> Finding | None:
    if not facts.serves:
        return None
    before = facts.before.bill.total().expected
    cheapest = min(each.bill.total().expected for _, each in levels_of(facts, "autoscaling"))
    if before - cheapest <= NOTICEABLE * before:
        return None
    return Finding(
        SLUG,
        "waste",
        "replicas for the busiest hour are paid for in every hour",
        (
            ("accelerators paid for", number(facts.before.serving_accelerators.expected)),
            ("peak over mean", number(facts.scenario.workload.serving.peak)),
            ("saved a month by following the day", usd(before - cheapest)),
        ),
        recommends=("autoscaling",),
    )


RULE = Rule(SLUG, "replicas for the peak all day long", check)
