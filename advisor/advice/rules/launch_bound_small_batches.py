"""The host takes longer to launch the operators than the device takes to run them.

## What it sees
A model whose time would shrink if dispatching operators were free, and a projection in which
compiling answers more.

## Why it is waste
The accelerator waits for Python: it is paid for and idle between kernels.

## What to do
Compile the model, so that fewer kernels are launched and without Python. Serving larger batches
helps too, where the latency objective leaves room.

## Sources
ml-engineering performance notes (2026-08); timm benchmark tables (2024-09 to 2026-01); the cost of
a dispatch from the hardware's profile, `[efficiency]`.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import COMPILE, NOTICEABLE, gain, rates
from advisor.advice.rules._bounds import share_of_time
from advisor.projection.operators import operator_table
from advisor.projection.serving import main_phase
from advisor.projection.time import dispatches_around
from advisor.units import percent

SLUG = "launch-bound-small-batches"
LARGE_SHARE = 0.2
"""Of the time; below it most is lost elsewhere, and other rules name that. An assumption."""


def check(facts: Facts) -> Finding | None:
    if not facts.serves:
        return None
    waiting, after = share_of_time(facts, "host"), facts.alone[COMPILE]
    if waiting < LARGE_SHARE or gain(facts.before, after) < NOTICEABLE:
        return None
    phase = facts.profile.phase("decode") or main_phase(facts.profile)
    calls = sum(operator.repeats for operator in phase.operators)
    efficiency = facts.scenario.hardware.efficiency
    table = operator_table(phase)
    around = dispatches_around(efficiency, table.module_calls, table.attention_calls)
    host_us = efficiency.dispatch_us.expected * (1 + float(around) / calls)
    return Finding(
        SLUG,
        "waste",
        "launching the operators takes longer than running them",
        (
            (f"operators a {phase.name}", str(calls)),
            ("host time of one", f"{host_us:.3g} µs"),
            ("time that free launches would save", percent(waiting)),
            ("projected compiled", rates(facts.before, after)),
        ),
        recommends=(COMPILE.slug,),
    )


RULE = Rule(SLUG, "an accelerator that waits for the host to launch kernels", check)
