"""Sparse matrix units stand idle, and the floor on quality would bear the zeros that they need.

## What it sees
Hardware with units for 2:4 sparsity, a floor on quality above the expected loss of the zeros (or a
measurement of this model that keeps it), and a projection in 16 bits in which an accelerator
answers more with them.

## Why it is waste
The units compute at up to twice the dense rate and read nine sixteenths of the bytes; they are paid
for with the GPU.

## What to do
Hold the weights in 16 bits, zero two of each four, train further (recovery keeps the zeros), and
measure: without training most language models lose far more than is expected here.

## Sources
Mishra et al. 2021, arXiv 2104.08378; torchao sparsity read-me (2025-01); `sparsity_2_4` of the
hardware's profile.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE, gain, rates
from advisor.projection.project import project
from advisor.strategies.catalog import strategy_by_slug
from advisor.strategies.selection import Choice, lacking_on, parse_choice, selection, setup_for
from advisor.units import percent

SLUG = "sparse-units-idle-under-a-loose-floor"
SPARSITY, CAST = "semi-structured-sparsity", "bf16"


def check(facts: Facts) -> Finding | None:
    strategy, hardware = strategy_by_slug(SPARSITY), facts.scenario.hardware
    if not facts.serves or lacking_on(hardware, strategy) is not None:
        return None
    floor, expected = facts.scenario.workload.quality.max_drop, _drop(facts)
    if expected > floor:
        return None
    cast = selection([Choice(CAST)])
    both = selection([*cast, Choice(SPARSITY)])
    dense, sparse = project(facts.scenario, [setup_for(cast), setup_for(both)])
    if gain(dense, sparse) < NOTICEABLE:
        return None
    return Finding(
        SLUG,
        "waste",
        f"{hardware.id} has units that skip two of four weights, and none is zero",
        (
            ("quality may fall by", percent(floor)),
            ("expected loss", percent(expected)),
            (f"projected in 16 bits, with {SPARSITY}", rates(dense, sparse)),
        ),
        recommends=(SPARSITY, CAST),
    )


def _drop(facts: Facts) -> float:
    """As measured alone on this model, or with training further; else as published."""
    measured = [
        each.quality_drop
        for each in facts.measurements
        if each.quality_drop is not None
        and any(
            parse_choice(text, "a measurement").slug == SPARSITY for text in each.request.choices
        )
    ]
    return min(measured, default=strategy_by_slug(SPARSITY).quality_drop({}).expected)


RULE = Rule(SLUG, "units for 2:4 sparsity that nothing uses", check)
