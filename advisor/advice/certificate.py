"""What an exact search proves of a plan: how far it is from the true minimum, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from advisor.advice.goal import COST, Goal, Objective
from advisor.advice.permitted import against, guarded
from advisor.advice.relax import Relaxation, relaxations
from advisor.advice.rule import Finding
from advisor.advice.search import Found, best_setup
from advisor.advice.space import Choices
from advisor.catalog.hardware import Hardware
from advisor.projection.prices import hourly_price
from advisor.projection.scenario import Scenario
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import Choice, Selection, every_choice, lacking_on


@dataclass(frozen=True)
class LeftOut:
    """A choice of the minimum that the plan is without, and which rule is why."""

    choice: Choice
    reason: str


@dataclass(frozen=True)
class HardwareMinimum:
    """The cheapest setup of all on one kind of hardware."""

    hardware: str
    usd_per_month: float
    chosen: Selection
    setups: int
    evaluated: int


@dataclass(frozen=True)
class Certificate:
    """How far a plan is from the true minimum over every setup that no rule forbids.

    `setups` are all combinations without a conflict, `pruned` those that the bounds left out.
    Figures are of the objective: USD a month, seconds, bytes or kWh a month.
    """

    setups: int
    evaluated: int
    pruned: int
    minimum_usd_per_month: float
    minimum_selection: Selection
    plan_usd_per_month: float
    minimum_is_feasible: bool = True
    """False where no setup at all keeps every constraint."""
    plan_is_feasible: bool = True
    left_out: tuple[LeftOut, ...] = ()
    """What the minimum has and the plan has not."""
    elsewhere: tuple[HardwareMinimum, ...] = ()
    """The minimum on every priced hardware of the catalogue, the cheapest first, where asked."""
    guards_usd_per_month: float | None = 0.0
    """What the minimum would be cheaper by if no rule forbade anything; None where a minimum is
    infeasible, or another figure than cost is made least."""
    forbidden: Selection = ()
    """What the minimum without the guards has and a rule forbids."""
    objective: Objective = "cost"
    relaxations: tuple[Relaxation, ...] = ()
    """Where no setup keeps every limit: what would help, where it was asked for."""
    minimum_figure: float | None = None
    """None where the objective is the cost, which stands above."""
    plan_figure: float | None = None

    @property
    def distance_usd_per_month(self) -> float | None:
        """None where the plan breaks a constraint: what it costs compares with nothing then."""
        if not self.plan_is_feasible:
            return None
        return self.plan_usd_per_month - self.minimum_usd_per_month

    @property
    def distance_fraction(self) -> float | None:
        """Of the objective's figure; None where the plan breaks a constraint."""
        least, reached = self.minimum_figure, self.plan_figure
        if self.objective == "cost":
            least, reached = self.minimum_usd_per_month, self.plan_usd_per_month
        if not self.plan_is_feasible or not least or reached is None:
            return None
        return reached / least - 1


def exact_minimum(
    scenario: Scenario, choices: Choices, plan: Found, goal: Goal = COST
) -> Certificate:
    """The minimum over all of `choices` beside what `plan` comes to."""
    found = best_setup(scenario, choices, goal, plan.chosen)
    of_cost = goal.objective == "cost"
    return Certificate(
        setups=found.setups,
        evaluated=found.evaluated,
        pruned=found.setups - found.evaluated,
        minimum_usd_per_month=found.usd_per_month,
        minimum_selection=found.chosen,
        plan_usd_per_month=plan.usd_per_month,
        minimum_is_feasible=found.feasible,
        plan_is_feasible=plan.feasible,
        objective=goal.objective,
        minimum_figure=None if of_cost else found.figure,
        plan_figure=None if of_cost else plan.figure,
    )


def guarded_minimum(
    scenario: Scenario, said: Sequence[Finding], plan: Found, goal: Goal = COST
) -> Certificate:
    """The minimum over all that no finding forbids, and what the forbidding costs.

    Without the guards first: where that minimum keeps them of its own, it is this one as well.
    """
    usable = usable_choices(scenario.hardware)
    free = exact_minimum(scenario, usable, plan, goal)
    forbidden = tuple(each for each in free.minimum_selection if against(said, each) is not None)
    if not forbidden:
        return free
    kept = exact_minimum(scenario, guarded(usable, said), plan, goal)
    both = free.minimum_is_feasible and kept.minimum_is_feasible and goal.objective == "cost"
    price = kept.minimum_usd_per_month - free.minimum_usd_per_month if both else None
    return replace(kept, guards_usd_per_month=price, forbidden=forbidden)


def with_relaxations(
    found: Certificate, scenario: Scenario, said: Sequence[Finding], goal: Goal = COST
) -> Certificate:
    """`found`, and where no setup keeps every limit which of them would have to give way."""
    if found.minimum_is_feasible:
        return found
    allowed = guarded(usable_choices(scenario.hardware), said)
    return replace(found, relaxations=relaxations(scenario, allowed, goal))


def usable_choices(hardware: Hardware) -> Mapping[str, tuple[Choice, ...]]:
    """Every level of every strategy that `hardware` lacks nothing for and that could save."""
    levels = every_choice()
    return {
        slug: levels[slug]
        for slug, strategy in strategies().items()
        if not strategy.only_costs and lacking_on(hardware, strategy) is None
    }


def minima(
    scenario: Scenario, parts: Iterable[Hardware], goal: Goal = COST
) -> tuple[HardwareMinimum, ...]:
    """The minimum on each of `parts` that keeps every constraint, the cheapest first.

    Parts without a price, by the way of buying that is usual for the organization, are left out.
    """
    there = [replace(scenario, hardware=part) for part in parts]
    found = [
        (each.hardware.id, best_setup(each, usable_choices(each.hardware), goal))
        for each in there
        if has_price(each)
    ]
    kept = [
        HardwareMinimum(part, best.usd_per_month, best.chosen, best.setups, best.evaluated)
        for part, best in found
        if best.feasible
    ]
    return tuple(sorted(kept, key=lambda each: (each.usd_per_month, each.hardware)))


def has_price(scenario: Scenario) -> bool:
    """Whether the hardware can be bought in the way that is usual for the organization."""
    usual = scenario.organization.rental.purchase_option
    if usual == "owned":
        return scenario.hardware.purchase is not None
    return hourly_price(scenario, usual).usd is not None
