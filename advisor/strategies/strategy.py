"""What a strategy declares. Each file of this package declares one, as `STRATEGY`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from advisor.catalog.quantity import Quantity
from advisor.errors import UnknownNameError
from advisor.models.loaded import LoadedModel
from advisor.projection.result import Component
from advisor.projection.setup import Setup
from advisor.strategies.needs import Need

Family = Literal[
    "pruning",
    "quantization",
    "precision",
    "execution",
    "training memory",
    "distributed",
    "pooling",
    "model choice",
    "data",
    "people",
]
FAMILIES: tuple[Family, ...] = (
    "precision",
    "quantization",
    "pruning",
    "execution",
    "training memory",
    "distributed",
    "pooling",
    "model choice",
    "data",
    "people",
)
ModelPhase = Literal["serving", "training"]
Level = float | int | str
Levels = Mapping[str, Level]


@dataclass(frozen=True)
class Parameter:
    """A parameter that takes one of a few levels, in the order the screen steps through them."""

    name: str
    levels: tuple[Level, ...]
    default: Level
    meaning: str
    only_costs: bool = False
    """Its levels differ in what is paid and in what only a measurement shows: a search keeps to the
    default."""

    def parse(self, text: str, origin: str) -> Level:
        """The level written as `text`; UnknownNameError lists the levels there are."""
        for level in self.levels:
            if text == str(level):
                return level
        raise UnknownNameError(
            f"level of {self.name}", text, [str(level) for level in self.levels], origin
        )


@dataclass(frozen=True)
class Strategy:
    """`configure` says what a setup becomes; `apply` does it to a loaded model.

    `apply` returns a new LoadedModel and may change the module it was given. It is None where
    there is nothing to do to a model (a way of paying). `stage` orders what is applied to one
    model: what trains on other data comes first, then what makes a student, what removes parts,
    what sets weights to zero, what trains what is left, what changes formats, what compiles.
    `convert` is what a strategy of an early stage does besides, once the weights are final: at the
    stage CONVERT.
    `quality_drop(levels)` is the published share of the metric lost.
    """

    slug: str
    title: str
    family: Family
    summary: str
    configure: Callable[[Setup, Levels], Setup]
    apply: Callable[[LoadedModel, Levels], LoadedModel] | None
    touches: frozenset[Component]
    phases: frozenset[ModelPhase]
    effort_days: Quantity
    quality_drop: Callable[[Levels], Quantity]
    quality_source: str
    needs: tuple[Need, ...] = ()
    conflicts: Mapping[str, str] = field(default_factory=dict)
    """Slugs that this one cannot be combined with, each with the reason."""
    parameters: tuple[Parameter, ...] = ()
    stage: int = 0
    baseline: Callable[[LoadedModel, Levels], LoadedModel] | None = None
    """What the model goes through that the applied one is compared with; None is nothing. A
    strategy that trains on other data is compared with the same training on all of them."""
    convert: Callable[[LoadedModel, Levels], LoadedModel] | None = None
    commits: bool = False
    """What it buys is bought for a term: it comes after all that changes how much is needed."""
    only_costs: bool = False
    """What it sets makes no projected bill cheaper and no constraint easier to keep, whatever else
    is on: an exact search loses nothing by leaving it out."""

    @property
    def manual(self) -> str:
        """The docstring of the file that declares it: the text of `advisor explain`."""
        return (sys.modules[self.configure.__module__].__doc__ or "").strip()

    def default_levels(self) -> dict[str, Level]:
        return {parameter.name: parameter.default for parameter in self.parameters}

    def parameter(self, name: str, origin: str) -> Parameter:
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        names = [parameter.name for parameter in self.parameters]
        raise UnknownNameError(f"parameter of {self.slug}", name, names, origin)


DATA, DISTIL, REMOVE, MASK, RECOVER, CONVERT, WRAP, COMPILE, DISTRIBUTE = range(9)
"""The stages of `apply`, in order."""


def waits_for(one: Strategy, other: Strategy) -> bool:
    """Whether `one` can only be carried out once `other` is, where a plan has both.

    What is converted or compiled from a model that is trained further or pruned later is made
    again; a commitment to more accelerators than are left in the end is paid to its end.
    """
    if one.commits != other.commits:
        return one.commits and "serving" in other.phases
    sets_weights = REMOVE <= other.stage <= RECOVER or (
        other.stage == DISTIL and other.apply is not None and "serving" in other.phases
    )
    return sets_weights and "serving" in one.phases and one.stage > RECOVER


def no_drop(_: Levels) -> Quantity:
    """For strategies that leave every number of the model as it is."""
    return Quantity.exact(0.0)
