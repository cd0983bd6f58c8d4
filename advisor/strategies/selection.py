"""Strategies switched on together, each at its levels; and the setup that they make."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from advisor.catalog.hardware import Hardware
from advisor.catalog.quantity import Quantity
from advisor.errors import UsageError
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.catalog import strategies, strategy_by_slug
from advisor.strategies.strategy import CONVERT, DISTRIBUTE, Level, Levels, Strategy
from advisor.telemetry.machine import Machine


@dataclass(frozen=True)
class Choice:
    """One strategy at given levels; parameters not named are at their defaults."""

    slug: str
    levels: tuple[tuple[str, Level], ...] = ()

    @property
    def strategy(self) -> Strategy:
        return strategy_by_slug(self.slug)

    def all_levels(self) -> dict[str, Level]:
        return {**self.strategy.default_levels(), **dict(self.levels)}

    def __str__(self) -> str:
        named = [f"{name}={level}" for name, level in sorted(self.levels)]
        return ":".join([self.slug, *named])

    def at(self, name: str, level: Level) -> Choice:
        """This choice with one parameter set; defaults are not written out."""
        levels = {**dict(self.levels), name: level}
        defaults = self.strategy.default_levels()
        kept = {key: value for key, value in levels.items() if defaults[key] != value}
        return Choice(self.slug, tuple(sorted(kept.items())))


Selection = tuple[Choice, ...]
"""Sorted by slug, each slug once: what is on does not depend on the order it was switched on in."""


def parse_choice(text: str, origin: str) -> Choice:
    """Read `slug` or `slug:parameter=level:parameter=level`."""
    slug, levels = named_levels(text, origin)
    choice = Choice(slug)
    for name, level in levels.items():
        choice = choice.at(name, level)
    return choice


def named_levels(text: str, origin: str) -> tuple[str, dict[str, Level]]:
    """The slug and the levels that stand in `slug:parameter=level:parameter=level`."""
    slug, *settings = text.strip().split(":")
    strategy = strategy_by_slug(slug, origin)
    levels: dict[str, Level] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(
                f"{origin}: {text!r}: {setting!r} is not of the form parameter=level; "
                f"{slug} has {', '.join(p.name for p in strategy.parameters) or 'no parameters'}"
            )
        parameter = strategy.parameter(name, origin)
        levels[name] = parameter.parse(value, origin)
    return slug, levels


def is_named(choice: Choice, text: str, origin: str) -> bool:
    """Whether `text` names this strategy and no level that the choice is not at."""
    slug, levels = named_levels(text, origin)
    return slug == choice.slug and levels.items() <= choice.all_levels().items()


def parse_selection(text: str, origin: str = "--with") -> Selection:
    """Read a comma-separated list of choices and refuse what cannot be combined."""
    return selection(parse_choice(part, origin) for part in text.split(",") if part.strip())


def selection(choices: Iterable[Choice]) -> Selection:
    """Sort `choices`; UsageError where two of them conflict or one stands twice."""
    ordered = tuple(sorted(choices, key=lambda choice: choice.slug))
    for index, choice in enumerate(ordered):
        if index and ordered[index - 1].slug == choice.slug:
            raise UsageError(f"strategy {choice.slug!r} is given twice")
        reason = conflict(choice.slug, ordered)
        if reason is not None:
            raise UsageError(reason)
    return ordered


def conflict(slug: str, among: Sequence[Choice]) -> str | None:
    """Why `slug` cannot be combined with one of `among`, None where it can be with all."""
    for other in among:
        for one, two in ((slug, other.slug), (other.slug, slug)):
            reason = strategy_by_slug(one).conflicts.get(two)
            if reason is not None and one != two:
                return f"{slug} conflicts with {other.slug}: {reason}"
    return None


def setup_for(chosen: Selection, base: Setup | None = None) -> Setup:
    """The setup that `chosen` makes of `base`; days and quality bounds add up."""
    setup = base or Setup()
    for choice in chosen:
        strategy, levels = choice.strategy, choice.all_levels()
        setup = replace(
            strategy.configure(setup, levels),
            effort_days=_sum(setup.effort_days, strategy.effort_days),
            quality_drop=_sum(setup.quality_drop, strategy.quality_drop(levels)),
        )
    return setup


def _sum(one: Quantity, two: Quantity) -> Quantity:
    return Quantity(
        low=one.low + two.low, expected=one.expected + two.expected, high=one.high + two.high
    )


@dataclass(frozen=True)
class Action:
    """One thing that a choice does to a model."""

    choice: Choice
    stage: int
    act: Callable[[LoadedModel, Levels], LoadedModel]

    def __call__(self, model: LoadedModel) -> LoadedModel:
        return self.act(model, self.choice.all_levels())


def actions(chosen: Selection) -> list[Action]:
    """What is done to a model, in the order of the stages; of one stage, by slug."""
    found = []
    for choice in chosen:
        strategy = choice.strategy
        for stage, act in ((strategy.stage, strategy.apply), (CONVERT, strategy.convert)):
            if act is not None:
                found.append(Action(choice, stage, act))
    return sorted(found, key=lambda each: (each.stage, each.choice.slug))


def baseline_actions(chosen: Selection) -> list[Action]:
    """What is done to the model that an applied one is compared with, in the same order."""
    found = [
        Action(choice, choice.strategy.stage, act)
        for choice in chosen
        if (act := choice.strategy.baseline) is not None
    ]
    return sorted(found, key=lambda each: (each.stage, each.choice.slug))


def apply_selection(model: LoadedModel, chosen: Selection) -> LoadedModel:
    """Apply what can be applied to a model, in the order of the stages."""
    for action in actions(chosen):
        model = action(model)
    return model


def ranks_of(chosen: Selection) -> int | None:
    """Processes that a training step is divided over; None where it stays in one."""
    divided = any(choice.strategy.stage == DISTRIBUTE for choice in chosen)
    return setup_for(chosen).data_parallel if divided else None


def lacking_on(hardware: Hardware, strategy: Strategy) -> str | None:
    """What `hardware` lacks for `strategy`, in words; None where it can be used there."""
    lacks = [need.lacks_on_hardware(hardware) for need in strategy.needs]
    return "; ".join(text for text in lacks if text) or None


def refuse_lacking(hardware: Hardware, chosen: Iterable[Choice]) -> None:
    """Raise UsageError that names each of `chosen` that `hardware` lacks something for."""
    lacks = [(choice.slug, lacking_on(hardware, choice.strategy)) for choice in chosen]
    reasons = [f"{slug} cannot be used on {hardware.id}: {text}" for slug, text in lacks if text]
    if reasons:
        raise UsageError("; ".join(reasons))


def lacking_here(machine: Machine, strategy: Strategy) -> str | None:
    """Why `strategy` cannot be measured on `machine`; None where it can be."""
    if strategy.apply is None:
        lacks = [need.lacks_here(machine) for need in strategy.needs]
        reasons = [text for text in lacks if text]
        return "; ".join(reasons) or "changes how hardware is paid for, not the model"
    return "; ".join(text for need in strategy.needs if (text := need.lacks_here(machine))) or None


def lacking_for_a_pass(machine: Machine, strategy: Strategy) -> str | None:
    """Why a forward pass on `machine` cannot show what `strategy` does; None where it can."""
    lacks = lacking_here(machine, strategy)
    if lacks is None and strategy.stage == DISTRIBUTE:
        return "only training is divided over processes (advisor measure --training)"
    return lacks


def every_choice() -> Mapping[str, tuple[Choice, ...]]:
    """Each strategy's choices, one for each combination of the levels of its parameters.

    A parameter that only costs, as far as projections see, is at its default.
    """
    return {slug: _choices(strategy) for slug, strategy in strategies().items()}


def _choices(strategy: Strategy) -> tuple[Choice, ...]:
    names = [parameter.name for parameter in strategy.parameters]
    found = []
    tried = (
        (parameter.default,) if parameter.only_costs else parameter.levels
        for parameter in strategy.parameters
    )
    for levels in itertools.product(*tried):
        choice = Choice(strategy.slug)
        for name, level in zip(names, levels, strict=True):
            choice = choice.at(name, level)
        found.append(choice)
    return tuple(found)
