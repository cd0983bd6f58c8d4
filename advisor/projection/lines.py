"""A line of the bill over a batch of setups: quantity × unit price, and what they come from.

Every figure that a line is computed from is an `Input`, and the arithmetic takes its value from
there, so that what is shown as the seed of a figure is what made it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.organization import Organization
from advisor.catalog.quantity import Quantity, Source
from advisor.catalog.workload import Workload
from advisor.projection.kept import kept_with
from advisor.projection.operators import Floats
from advisor.projection.result import Component
from advisor.projection.scenario import Case, Scenario, costly, helpful


@dataclass(frozen=True)
class Input:
    """A named figure with its origin; NaN where it is not known.

    `value` is one number, or an array of shape (setups,). `source` says who published it, where
    the catalogue knows.
    """

    name: str
    value: float | Floats
    unit: str
    origin: str
    source: Source | None = None


@dataclass(frozen=True)
class Known(Input):
    """An input that is the same for every setup."""

    value: float


@dataclass(frozen=True)
class Told:
    """How a line comes about."""

    formula: str
    inputs: tuple[Input, ...]


@dataclass(frozen=True)
class CostLine:
    """Arrays of shape (setups,). A price that is not known is NaN, and `missing` says which.

    Where setups differ in what is bought, `formula` and `inputs` are of the first thing on offer,
    `others` of the rest, and `which` says the one that each setup buys.
    """

    component: Component
    name: str
    quantity: Floats
    unit: str
    unit_price_usd: Floats
    formula: str
    missing: str | None = None
    inputs: tuple[Input, ...] = ()
    serving_share: Floats | None = None
    """How much of the line serving causes, training the rest; None where neither does."""
    of_scenario: bool = False
    """Whether it is the same for every setup."""
    others: tuple[Told, ...] = ()
    which: NDArray[np.intp] | None = None

    @property
    def usd_per_month(self) -> Floats:
        return self.quantity * self.unit_price_usd

    def chosen(self, index: int) -> int:
        """What setup `index` buys of all that is on offer."""
        return 0 if self.which is None else int(self.which[index])

    def told(self, offer: int) -> Told:
        return (Told(self.formula, self.inputs), *self.others)[offer]


def paid(
    scenario: Scenario, key: str, name: str, unit: str, case: Case, *, helps: bool = False
) -> Known:
    """The organization's figure at the dotted `key`, at the end of its range for `case`.

    `helps` marks a figure that lowers the bill as it grows.
    """
    return _read(scenario.organization, "organization", key, name, unit, case, helps=helps)


def asked(scenario: Scenario, key: str, name: str, unit: str) -> Known:
    """The workload's figure at the dotted `key`."""
    return _read(scenario.workload, "workload", key, name, unit, "expected", helps=False)


@kept_with
def _read(
    profile: Organization | Workload, kind: str, key: str, name: str, unit: str, case: Case, *,
    helps: bool,
) -> Known:  # fmt: skip
    """Looked up once for a profile and kept as long as it is."""
    value: object = profile
    source: Source | None = None
    for part in key.split("."):
        value = value[part] if isinstance(value, Mapping) else getattr(value, part)
        if dataclasses.is_dataclass(value):
            source = getattr(value, "source", None) or source
    origin = f"{kind} {profile.id}: {key}"
    if isinstance(value, Quantity):
        number = helpful(value, case) if helps else costly(value, case)
    elif value is None:
        number, source = np.nan, None
    else:
        assert isinstance(value, int | float), f"{origin} is no number"
        number = float(value)
    return Known(name, number, unit, origin, source)


def fixed_line(
    component: Component, name: str, quantity: float, unit: str, price: float, formula: str,
    size: int, inputs: tuple[Known, ...], missing: str | None = None,
) -> CostLine:  # fmt: skip
    return CostLine(
        component,
        name,
        np.full(size, float(quantity)),
        unit,
        np.full(size, price),
        formula,
        missing,
        inputs,
        of_scenario=True,
    )


def of_kept(line: CostLine, kept: Floats, known: tuple[Input, ...]) -> CostLine:
    """`line` for the share of its quantity that is kept, (setups,); as it is without `known`."""
    if not known:
        return line
    formula = " × ".join([*(each.name for each in known), line.formula])
    return replace(
        line, quantity=line.quantity * kept, formula=formula, inputs=(*known, *line.inputs),
        of_scenario=False,
    )  # fmt: skip
