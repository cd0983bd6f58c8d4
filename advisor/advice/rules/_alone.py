"""Questions that several rules ask of the projections of single strategies."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.advice.rule import Facts, Finding
from advisor.projection.project import project
from advisor.projection.result import Constraint, Projection, saving_usd
from advisor.strategies.catalog import strategy_by_slug
from advisor.strategies.selection import Choice, lacking_on, selection, setup_for
from advisor.units import number, percent

COMPILE = Choice("torch-compile")
NOTICEABLE = 0.05
"""A change smaller than this share is within what any projection is off by."""

LEAST_USD = 0.01
"""A saving below it is a difference of rounding."""


def rate(projection: Projection) -> float:
    """Requests per second that one accelerator answers."""
    return projection.throughput_per_s.expected / projection.accelerators_per_replica


def gain(before: Projection, after: Projection) -> float:
    """How much more an accelerator answers, as a share; negative where it answers less.

    Read off the accelerators that the demand takes where their number changes. Where it does not,
    the spare room went into speed, and the rates tell.
    """
    fewer = before.serving_accelerators.expected / after.serving_accelerators.expected - 1
    return fewer or rate(after) / rate(before) - 1


def with_compile(facts: Facts, slug: str) -> Projection:
    """The projection of a strategy at its defaults in a compiled model."""
    return project(facts.scenario, [setup_for(selection([Choice(slug), COMPILE]))])[0]


def levels_of(facts: Facts, slug: str) -> Iterator[tuple[Choice, Projection]]:
    """The choices of one strategy and their projections, none where the hardware lacks for it."""
    if lacking_on(facts.scenario.hardware, strategy_by_slug(slug)) is None:
        yield from ((choice, each) for choice, each in facts.alone.items() if choice.slug == slug)


SHARED_BY = ("mps", "time-slicing", "consolidation")
"""The strategies that put several processes, or models, on one GPU."""


def shared_gpus(facts: Facts) -> Iterator[tuple[Choice, Projection]]:
    """The levels of all of them."""
    for slug in SHARED_BY:
        yield from levels_of(facts, slug)


def cheapest_level(facts: Facts, slug: str) -> tuple[Choice, float] | None:
    """The level of one strategy that alone saves most and breaks no constraint, and USD a month.

    None where none saves, its days of work paid. What is broken with nothing on may stay so.
    """
    broken = {limit.name for limit in facts.before.broken_constraints}
    saved = [
        (usd, choice)
        for choice, each in levels_of(facts, slug)
        if broken.issuperset(limit.name for limit in each.broken_constraints)
        and (usd := saving_usd(facts.before.bill, each.bill)) is not None
        and usd >= LEAST_USD
    ]
    if not saved:
        return None
    usd, choice = max(saved, key=lambda pair: pair[0])
    return choice, usd


def smaller_under_the_floor(facts: Facts, rule: str, slug: str, reason: str) -> Finding | None:
    """The finding of `rule` where a strategy that removes parts answers noticeably more.

    Of its levels whose expected loss the floor on quality bears, the one that answers most.
    """
    if not facts.serves:
        return None
    floor = facts.scenario.workload.quality.max_drop
    within = [
        (gain(facts.before, projection), choice, projection)
        for choice, projection in levels_of(facts, slug)
        if projection.quality_drop.expected <= floor
    ]
    if not within:
        return None
    gained, choice, after = max(within, key=lambda each: each[0])
    if gained < NOTICEABLE:
        return None
    return Finding(
        rule,
        "waste",
        reason,
        (
            ("quality may fall by", percent(floor)),
            (f"expected loss of {choice}", percent(after.quality_drop.expected)),
            (f"projected with {choice}", rates(facts.before, after)),
        ),
        recommends=(slug,),
    )


def constraint(projection: Projection, name: str) -> Constraint | None:
    return next((limit for limit in projection.constraints if limit.name == name), None)


def rates(before: Projection, after: Projection) -> str:
    """Both rates as evidence."""
    return f"{number(rate(before))} → {number(rate(after))} requests/s an accelerator"
