"""Requests are run one at a time although many come in each second.

## What it sees
A model that is no decoder, served at batch 1, and a projection in which requests that wait for each
other keep the objective on latency on fewer accelerators.

## Why it is waste
Weights are read and kernels launched for each request alone.

## What to do
Gather requests for as long as the objective leaves room, and run them together.

## Sources
Crankshaw et al. 2017, "Clipper", §4.3.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import levels_of, rates

SLUG = "requests-run-one-by-one"


def check(facts: Facts) -> Finding | None:
    serving = facts.scenario.workload.serving
    if not facts.serves or facts.profile.decoder is not None or serving.batch_size > 1:
        return None
    needed = facts.before.serving_accelerators.expected
    fewer = [
        (choice, each)
        for choice, each in levels_of(facts, "request-batching")
        if all(limit.met for limit in each.constraints)
        and each.serving_accelerators.expected < needed
    ]
    if not fewer:
        return None
    choice, after = min(fewer, key=lambda pair: pair[1].serving_accelerators.expected)
    return Finding(
        SLUG,
        "waste",
        "each request is run alone",
        (
            ("accelerators", f"{needed:g} → {after.serving_accelerators.expected:g}"),
            (f"projected with {choice}", rates(facts.before, after)),
        ),
        recommends=("request-batching",),
    )


RULE = Rule(SLUG, "batch 1 under many requests a second", check)
