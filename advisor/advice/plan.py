"""The plan: what the rules allow, cheapest within the constraints, as ordered steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from advisor.advice.certificate import Certificate, LeftOut, guarded_minimum
from advisor.advice.goal import COST, Goal
from advisor.advice.permitted import Rejected, against, sort_out
from advisor.advice.rule import Facts, Finding
from advisor.advice.search import best_setup
from advisor.catalog.quantity import Quantity
from advisor.projection.parts import knobs
from advisor.projection.project import project
from advisor.projection.result import Estimate, Projection
from advisor.projection.setup import Setup
from advisor.strategies.selection import Choice, Selection, selection, setup_for
from advisor.strategies.strategy import waits_for

_PLAIN = Setup()
_OF_LATENCY = set(knobs("serving", "paying for serving")) - {"serving_purchase"}


@dataclass(frozen=True)
class Step:
    """One strategy of the plan; its saving is what it adds to the steps before it."""

    choice: Choice
    title: str
    why: tuple[str, ...]
    saving_usd_per_month: Estimate
    effort_days: Quantity
    quality_drop: Quantity
    risk: str
    check: str
    roll_back: str
    sign_off: str | None
    """Who has to agree, and to what; None where nobody has to."""


@dataclass(frozen=True)
class Plan:
    steps: tuple[Step, ...]
    before: Projection
    after: Projection
    rejected: tuple[Rejected, ...]
    certificate: Certificate
    goal: Goal = COST

    @property
    def chosen(self) -> Selection:
        return selection(step.choice for step in self.steps)

    @property
    def unsigned(self) -> tuple[str, ...]:
        """The strategies whose steps somebody has to agree to."""
        return tuple(str(step.choice) for step in self.steps if step.sign_off is not None)


def make_plan(facts: Facts, said: Sequence[Finding], goal: Goal = COST) -> Plan:
    """Search what the rules recommend, then order it by what each step saves a day of work."""
    allowed, rejected = sort_out(facts, said)
    found = best_setup(facts.scenario, allowed, goal)
    steps = _steps(facts, said, _ordered(facts, found.chosen))
    chosen = selection(step.choice for step in steps)
    after = project(facts.scenario, [setup_for(chosen)])[0]
    left = [
        Rejected(slug, "the rules allow it, but the cheapest setup within the constraints lacks it")
        for slug in allowed
        if slug not in {choice.slug for choice in chosen}
    ]
    certificate = guarded_minimum(facts.scenario, said, found, goal)
    left_out = _left_out(certificate.minimum_selection, chosen, (*rejected, *left), said)
    certificate = replace(certificate, left_out=left_out)
    return Plan(steps, facts.before, after, (*rejected, *left), certificate, goal)


def _left_out(
    minimum: Selection, chosen: Selection, rejected: Sequence[Rejected], said: Sequence[Finding]
) -> tuple[LeftOut, ...]:
    """What `minimum` has and the plan has not, with the rule that kept it out."""
    reasons = {each.slug: each.reason for each in rejected}
    planned = {choice.slug: choice for choice in chosen}

    def reason(choice: Choice) -> str:
        forbidding = against(said, choice)
        if forbidding is not None:
            return f"{forbidding.rule}: {forbidding.reason}"
        if choice.slug in planned:
            return f"the plan has {planned[choice.slug]}, which is cheaper beside its other steps"
        return reasons[choice.slug]

    return tuple(LeftOut(choice, reason(choice)) for choice in minimum if choice not in chosen)


def _total(facts: Facts, chosen: Selection) -> Estimate:
    return project(facts.scenario, [setup_for(chosen)])[0].bill.total()


def _ordered(facts: Facts, chosen: Selection) -> list[Choice]:
    """Greedy: next comes what saves most a day of work, of what nothing else has to go before.

    The total is the same in any order, so the quick wins come first.
    """
    done: list[Choice] = []
    rest = list(chosen)
    while rest:
        before = _total(facts, selection(done)).expected

        def saving_a_day(choice: Choice, before: float = before) -> float:
            after = _total(facts, selection([*done, choice])).expected
            return (before - after) / max(choice.strategy.effort_days.expected, 0.1)

        ready = [
            choice for choice in rest
            if not any(waits_for(choice.strategy, other.strategy) for other in rest)
        ]  # fmt: skip
        best = max(ready, key=lambda choice: (saving_a_day(choice), choice.slug))
        rest.remove(best)
        done.append(best)
    return done


def _steps(facts: Facts, said: Sequence[Finding], ordered: Sequence[Choice]) -> tuple[Step, ...]:
    steps = []
    for index, choice in enumerate(ordered):
        before = _total(facts, selection(ordered[:index]))
        after = _total(facts, selection(ordered[: index + 1]))
        why = tuple(
            f"{finding.rule}: {finding.reason}"
            for finding in said
            if choice.slug in finding.recommends
        )
        steps.append(_step(facts, choice, why, before, after))
    return tuple(steps)


def _step(
    facts: Facts, choice: Choice, why: tuple[str, ...], before: Estimate, after: Estimate
) -> Step:
    strategy, levels = choice.strategy, choice.all_levels()
    drop = strategy.quality_drop(levels)
    ends = (before.low - after.low, before.expected - after.expected, before.high - after.high)
    metric = facts.profile.metric or "agreement with the baseline"
    touches_quality = drop.high > 0
    return Step(
        choice=choice,
        title=strategy.title,
        why=why,
        saving_usd_per_month=Estimate(min(ends), ends[1], max(ends)),
        effort_days=strategy.effort_days,
        quality_drop=drop,
        risk=(
            f"{metric} may fall by up to {drop.high:.1%} ({strategy.quality_source})"
            if touches_quality
            else f"none to quality: {strategy.quality_source}"
        ),
        check=(
            f"advisor measure {facts.profile.reference} --with {choice}"
            if strategy.apply is not None
            else "compare the next invoice with this plan's line items"
        ),
        roll_back=roll_back(facts, choice),
        sign_off=(
            f"owner of the model's quality: {metric} is not measured with this step"
            if touches_quality and not _measured(facts, choice)
            else None
        ),
    )


def roll_back(facts: Facts, choice: Choice) -> str:
    """What shows that the step does not do what the plan takes it to, by what it touches."""
    setup, metric = setup_for((choice,)), facts.profile.metric or "agreement with the baseline"
    signs = []
    if choice.strategy.quality_drop(choice.all_levels()).high > 0:
        floor = facts.scenario.workload.quality.max_drop
        signs.append(f"{metric} falls by more than {floor:.1%}")
    if "spot" in (setup.serving_purchase, setup.training_purchase):
        signs.append("capacity is lost more often than the plan assumes")
    if any(getattr(setup, name) != getattr(_PLAIN, name) for name in _OF_LATENCY):
        signs.append("latency rises beyond what the workload allows")
    return ", or ".join([*signs, "the next invoice does not show the saving"])


def _measured(facts: Facts, choice: Choice) -> bool:
    """Whether a measurement with this choice on has shown the quality floor kept."""
    floor = facts.scenario.workload.quality
    for measurement in facts.measurements:
        if str(choice) not in measurement.request.choices or measurement.quality_drop is None:
            continue
        worst, limit = measurement.worst_class_drop, floor.max_worst_class_drop
        class_kept = limit is None or worst is None or worst <= limit
        if measurement.quality_drop <= floor.max_drop and class_kept:
            return True
    return False
