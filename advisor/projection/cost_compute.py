"""Training and deployment, and what is reserved: what rented computing costs.

Owned parts and reserved commitments are hardware: paid whether used or not. On-demand and spot
hours are training and deployment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from advisor.catalog.pricing import PurchaseOption
from advisor.projection.capacity import Fleet
from advisor.projection.cost_owned import owned_lines
from advisor.projection.lines import CostLine, Input, Known, asked, paid
from advisor.projection.operators import Flags, Floats
from advisor.projection.prices import HourlyPrice, hourly_price
from advisor.projection.scenario import Case, Scenario
from advisor.projection.team_time import premium
from advisor.units import HOURS_PER_MONTH

ON_DEMAND: PurchaseOption = "on-demand"


def compute_lines(
    scenario: Scenario, fleet: Fleet, serving_options: list[PurchaseOption],
    training_options: list[PurchaseOption], case: Case, ranks: Floats,
    managed: Flags | None = None,
) -> Iterator[CostLine]:  # fmt: skip
    """Lines for every accelerator, bought by the option of its setup.

    `ranks` (setups,) are the accelerators that one training run needs at once, `managed` (setups,)
    says where a provider runs the rented replicas.
    """
    owned = np.array([option == "owned" for option in serving_options])
    trained = np.array([option == "owned" for option in training_options])
    yield from owned_lines(scenario, fleet, owned, trained, case)
    prices: dict[PurchaseOption, HourlyPrice] = {}
    for option in sorted({*serving_options, *training_options} - {"owned"}):
        prices[option] = hourly_price(scenario, option)
    if "spot" in prices and ON_DEMAND not in prices:
        prices[ON_DEMAND] = hourly_price(scenario, ON_DEMAND)
    bought = _Bought(scenario, prices, case)
    for option in sorted(set(serving_options) - {"owned"}):
        chosen = np.array([each == option for each in serving_options])
        hours = np.where(chosen, fleet.serving_hours, 0.0)
        yield from bought.serving(option, hours, np.where(chosen, fleet.serving_accelerators, 0.0))
        if managed is not None and np.any(managed):
            yield bought.service(option, np.where(managed, hours, 0.0))
    # What is owned serves training too: the fleet was sized for both.
    for option in sorted(set(training_options) - {"owned"}):
        chosen = np.array([each == option for each in training_options]) & ~owned
        yield from bought.training(option, np.where(chosen, fleet.training_hours, 0.0), ranks)
        yield from bought.recovery(option, np.where(chosen, fleet.recovery_hours, 0.0))


@dataclass(frozen=True)
class _Part:
    """Hours of one use, (setups,), and how they come from its inputs."""

    hours: Floats
    formula: str
    inputs: tuple[Input, ...]

    def times(self, factor: float, text: str, *inputs: Input) -> _Part:
        return _Part(
            self.hours * factor, f"{self.formula} × {text}", _distinct(*self.inputs, *inputs)
        )


def _per(total: Floats, count: Floats) -> Floats:
    """`total` over `count`, and 0 of nothing."""
    return np.asarray(np.divide(total, count, out=np.zeros_like(total), where=count > 0))


def _distinct(*inputs: Input) -> tuple[Input, ...]:
    return tuple({each.name: each for each in inputs}.values())


@dataclass(frozen=True)
class _Bought:
    """Lines for hours that are rented, at one end of every range."""

    scenario: Scenario
    prices: dict[PurchaseOption, HourlyPrice]
    case: Case

    def serving(
        self, option: PurchaseOption, hours: Floats, accelerators: Floats
    ) -> Iterator[CostLine]:
        part = Input("accelerators of serving", accelerators, "accelerators", "projected")
        each = Input("hours each", _per(hours, accelerators), "h a month", "projected")
        whole = _Part(hours, f"{part.name} × {each.name}", (part, each))
        if option == "spot":
            yield from self.spot("serving", {"serving": whole}, whole, 1.0)
            return
        yield self.line("serving", option, whole, 1.0)
        if option == "reserved":
            used = Input("hours of serving", hours, "h", "projected")
            yield self.idle("serving", accelerators * HOURS_PER_MONTH, used, 1.0)

    def service(self, option: PurchaseOption, hours: Floats) -> CostLine:
        """What a provider takes for running the replicas, on top of their hours."""
        run = Input("managed hours", hours, "h a month", "projected")
        added = premium(self.case)
        part = _Part(hours, run.name, (run,)).times(float(added.value), added.name, added)
        return self.line("managed service", option, part, 1.0)

    def training(self, option: PurchaseOption, hours: Floats, ranks: Floats) -> Iterator[CostLine]:
        """Hours of the runs that are kept, of those thrown away, and of work that was lost."""
        parts, whole = self.runs(hours)
        if option == "spot":
            yield from self.spot("training", parts, whole, 0.0)
            return
        for name, part in parts.items():
            yield self.line(name, option, part, 0.0)
        if option == "reserved":
            used = Input("hours of training", whole.hours, "h", "runs, experiments and failures")
            at_once = np.ceil(whole.hours / (HOURS_PER_MONTH * ranks)) * ranks
            yield self.idle("training", at_once * HOURS_PER_MONTH, used, 0.0)

    def recovery(self, option: PurchaseOption, hours: Floats) -> Iterator[CostLine]:
        """Hours to train further what was pruned, or a student; no line where nothing of it is."""
        if not np.any(hours):
            return
        each = Input(
            "hours of recovery", hours, "accelerator hours a month",
            "projected: releases a month, one in the horizon at least × (recovery steps × time of "
            "a step of the whole model + distillation steps × time of a student's step and its "
            "teacher's forward pass) × accelerators",
        )  # fmt: skip
        failed = self.capacity("failed_work_fraction", "share lost to failures")
        formula = f"{each.name} ÷ (1 − {failed.name})"
        part = _Part(hours / (1 - failed.value), formula, (each, failed))
        yield self.line("recovery", option, part, 0.0)

    def runs(self, hours: Floats) -> tuple[dict[str, _Part], _Part]:
        """The month's `hours` of progress by what they are for, and all that is paid for them."""
        kept = asked(self.scenario, "training.runs_per_month", "runs", "a month")
        tried = asked(self.scenario, "training.experiments_per_run", "experiments", "for a run")
        failed = self.capacity("failed_work_fraction", "share lost to failures")
        started = np.full_like(hours, kept.value * (1 + tried.value))
        one = _per(hours, started)
        length = Input(
            "hours of a run", one, "accelerator hours",
            "projected: steps × time of a step × accelerators ÷ organization "
            f"{self.scenario.organization.id}: capacity.training_efficiency",
            self.scenario.organization.capacity.training_efficiency.source,
        )  # fmt: skip
        still = self.capacity("standing_still_fraction", "share standing still")
        lost = failed.value / (1 - failed.value)
        waited = still.value / (1 - still.value)
        every = f"{kept.name} × (1 + {tried.name}) × {length.name}"
        once = kept.value * one
        parts = {
            "training": _Part(once, f"{kept.name} × {length.name}", (kept, length)),
            "experiments": _Part(
                once * tried.value, f"{kept.name} × {tried.name} × {length.name}",
                (kept, tried, length),
            ),
            "work lost to failures": _Part(
                hours * lost, f"{every} × {failed.name} ÷ (1 − {failed.name})",
                (kept, tried, length, failed),
            ),
            "standing still": _Part(
                hours * (1 + lost) * waited,
                f"{every} ÷ (1 − {failed.name}) × {still.name} ÷ (1 − {still.name})",
                (kept, tried, length, failed, still),
            ),
        }  # fmt: skip
        paid_for = f"{every} ÷ (1 − {failed.name}) ÷ (1 − {still.name})"
        whole = _Part(
            hours * (1 + lost) * (1 + waited), paid_for, (kept, tried, length, failed, still)
        )
        return parts, whole

    def spot(
        self, use: str, parts: dict[str, _Part], whole: _Part, share: float
    ) -> Iterator[CostLine]:
        """Hours on spot, those done again after a preemption, and those bought on demand."""
        lost = self.capacity("spot_lost_work_fraction", "share preempted")
        none_left = self.capacity("spot_fallback_fraction", "share without spot capacity")
        on_spot, text = 1 - none_left.value, f"(1 − {none_left.name})"
        for name, part in parts.items():
            yield self.line(name, "spot", part.times(on_spot, text, none_left), share)
        again = whole.times(
            on_spot * lost.value / (1 - lost.value),
            f"{text} × {lost.name} ÷ (1 − {lost.name})", none_left, lost,
        )  # fmt: skip
        yield self.line(f"{use} done again after preemption", "spot", again, share)
        fallen_back = whole.times(none_left.value, none_left.name, none_left)
        yield self.line(f"{use} without spot capacity", ON_DEMAND, fallen_back, share)

    def idle(self, use: str, committed: Floats, used: Input, share: float) -> CostLine:
        """What is committed to and not used: whole accelerators for the whole month."""
        whole = Input("hours committed to", committed, "h", "accelerators at once × 730 h")
        left = np.maximum(committed - used.value, 0.0)
        part = _Part(left, f"({whole.name} − {used.name})", (whole, used))
        return self.line(f"{use}, committed and idle", "reserved", part, share)

    def capacity(self, key: str, name: str) -> Known:
        return paid(self.scenario, f"capacity.{key}", name, "of the hours", self.case)

    def line(self, name: str, option: PurchaseOption, part: _Part, share: float) -> CostLine:
        price = self.prices[option]
        figures = price.inputs(self.case)
        unit_price = np.nan
        if price.usd is not None:
            unit_price = float(np.prod([figures[0].value, *(1 - off.value for off in figures[1:])]))
        factors = [price.name, *(f"(1 − {off.name})" for off in figures[1:])]
        return CostLine(
            component="hardware" if option == "reserved" else "training_and_deployment",
            name=f"{name}, {option}",
            quantity=part.hours,
            unit="accelerator hours",
            unit_price_usd=np.full_like(part.hours, unit_price),
            formula=f"{' × '.join([part.formula, *factors])}; {price.basis}",
            missing=price.missing or self.unknown_hours(name, part.hours),
            inputs=(*part.inputs, *figures),
            serving_share=np.full_like(part.hours, share),
        )

    def unknown_hours(self, use: str, hours: Floats) -> str | None:
        if np.isfinite(hours).all():
            return None
        part = self.scenario.hardware.id
        return f"time of {use} over several {part}: no link between them is known"
