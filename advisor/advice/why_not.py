"""Why a strategy is not in a plan: what stands against it, and what it would do there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from advisor.advice.plan import Plan
from advisor.advice.rule import Facts, Finding
from advisor.projection.project import project
from advisor.projection.result import saving_usd
from advisor.strategies.catalog import strategy_by_slug
from advisor.strategies.selection import (
    Choice,
    Selection,
    conflict,
    every_choice,
    lacking_on,
    setup_for,
)


@dataclass(frozen=True)
class Effect:
    """One level of the strategy added to the plan, in place of what it conflicts with."""

    choice: Choice
    instead_of: Selection
    saving_usd_per_month: float | None
    """What it saves beyond the plan; None where a price is not known."""
    broken: tuple[str, ...]
    """Names of the limits that are not kept then."""


@dataclass(frozen=True)
class Answer:
    slug: str
    step: int | None
    """Its place in the plan, where it has one."""
    reasons: tuple[str, ...]
    """What the hardware lacks and what the rules say, for and against."""
    effects: tuple[Effect, ...]
    """The cheapest first; empty where the hardware cannot run it."""


def why_not(facts: Facts, said: Sequence[Finding], plan: Plan, slug: str) -> Answer:
    """Raises UnknownNameError for a strategy that there is not."""
    strategy = strategy_by_slug(slug, "--why-not")
    slugs = [step.choice.slug for step in plan.steps]
    step = slugs.index(slug) + 1 if slug in slugs else None
    lacks = lacking_on(facts.scenario.hardware, strategy)
    if lacks is not None:
        return Answer(slug, step, (f"{facts.scenario.hardware.id}: {lacks}",), ())
    reasons = tuple(_reasons(said, plan, slug))
    return Answer(slug, step, reasons, () if step else _effects(facts, plan, slug))


def _reasons(said: Sequence[Finding], plan: Plan, slug: str) -> Iterator[str]:
    for finding in said:
        for verb, named in (
            ("forbids", finding.forbids),
            ("cautions against", finding.cautions),
            ("recommends", finding.recommends),
        ):
            for text in named:
                if text.partition(":")[0] == slug:
                    yield f"{finding.rule} {verb} {text}: {finding.reason}"
    told = {each.slug: each.reason for each in plan.rejected}
    if slug in told and not any(slug in finding.forbids for finding in said):
        yield told[slug]


def _effects(facts: Facts, plan: Plan, slug: str) -> tuple[Effect, ...]:
    found = []
    for choice in every_choice()[slug]:
        clashing = tuple(each for each in plan.chosen if conflict(slug, (each,)) is not None)
        kept = [each for each in plan.chosen if each not in clashing]
        chosen = tuple(sorted((*kept, choice), key=lambda each: each.slug))
        projected = project(facts.scenario, [setup_for(chosen)])[0]
        broken = tuple(limit.name for limit in projected.broken_constraints)
        saving = saving_usd(plan.after.bill, projected.bill)
        found.append(Effect(choice, clashing, saving, broken))
    return tuple(sorted(found, key=_cheapest_first))


def _cheapest_first(effect: Effect) -> tuple[bool, float, str]:
    saving = effect.saving_usd_per_month
    return bool(effect.broken), -saving if saving is not None else float("inf"), str(effect.choice)
