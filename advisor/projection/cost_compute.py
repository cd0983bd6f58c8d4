"""Training and deployment, and what is reserved: what rented computing costs.

Owned parts and reserved commitments are hardware: paid whether used or not. On-demand and spot
hours are training and deployment.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from advisor.catalog.pricing import PurchaseOption
from advisor.projection.capacity import Fleet
from advisor.projection.cost_hours import Part, per, runs, share_of_hours
from advisor.projection.cost_owned import owned_lines
from advisor.projection.lines import CostLine, Input, Known, Told
from advisor.projection.machines import Rented, Running, rent
from advisor.projection.operators import Flags, Floats
from advisor.projection.prices import HourlyPrice, hourly_prices
from advisor.projection.scenario import Case, Scenario
from advisor.projection.team_time import premium
from advisor.units import HOURS_PER_MONTH

ON_DEMAND: PurchaseOption = "on-demand"
REST = ", rest of the machines"
"""Ends the name of the line for accelerators that come with the machines and are not needed."""


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
    bought = _Bought(scenario, case)
    for option in sorted(set(serving_options) - {"owned"}):
        chosen = np.array([each == option for each in serving_options])
        hours = np.where(chosen, fleet.serving_hours, 0.0)
        accelerators = np.where(chosen, fleet.serving_accelerators, 0.0)
        yield from bought.serving(option, hours, accelerators, fleet.running)
        if managed is not None and np.any(managed):
            run = np.where(managed, hours, 0.0)
            yield bought.service(option, run, accelerators, fleet.running)
    # What is owned serves training too: the fleet was sized for both.
    for option in sorted(set(training_options) - {"owned"}):
        chosen = np.array([each == option for each in training_options]) & ~owned
        yield from bought.training(option, np.where(chosen, fleet.training_hours, 0.0), ranks)
        yield from bought.recovery(option, np.where(chosen, fleet.recovery_hours, 0.0), ranks)


@dataclass(frozen=True)
class _Bought:
    """Lines for hours that are rented, at one end of every range."""

    scenario: Scenario
    case: Case

    def serving(
        self, option: PurchaseOption, hours: Floats, accelerators: Floats, running: Running
    ) -> Iterator[CostLine]:
        part = Input("accelerators of serving", accelerators, "accelerators", "projected")
        each = Input("hours each", per(hours, accelerators), "h a month", "projected")
        whole = Part(hours, f"{part.name} × {each.name}", (part, each))
        if option == "reserved":
            at_peak = Running.always(accelerators, running.shared)
            yield from self.reserved("serving", {"serving": whole}, whole, at_peak, 1.0)
        elif option == "spot":
            yield from self.spot("serving", {"serving": whole}, whole, running, 1.0)
        else:
            yield from self.hourly("serving", option, {"serving": whole}, whole, running, 1.0)

    def service(
        self, option: PurchaseOption, hours: Floats, accelerators: Floats, running: Running
    ) -> CostLine:
        """What a provider takes for running the replicas, on top of their machines' hours."""
        at_once = Running.always(accelerators, running.shared) if option == "reserved" else running
        rented = rent(hourly_prices(self.scenario, option), at_once)
        managed = hours * rented.paid_over_needed
        run = Input(
            "managed hours", managed, "h a month", "hours of the machines that replicas run on"
        )
        added = premium(self.case)
        part = Part(managed, run.name, (run,)).times(float(added.value), added.name, added)
        return self.line("managed service", option, rented, part, 1.0)

    def training(self, option: PurchaseOption, hours: Floats, ranks: Floats) -> Iterator[CostLine]:
        """Hours of the runs that are kept, of those thrown away, and of work that was lost."""
        parts, whole = runs(self.scenario, hours, self.case)
        if option == "reserved":
            at_once = np.ceil(whole.hours / (HOURS_PER_MONTH * ranks)) * ranks
            held = Running.always(at_once)
            yield from self.reserved("training", parts, whole, held, 0.0)
        elif option == "spot":
            yield from self.spot("training", parts, whole, Running.always(ranks), 0.0)
        else:
            running = Running.always(ranks)
            yield from self.hourly("training", option, parts, whole, running, 0.0)

    def recovery(self, option: PurchaseOption, hours: Floats, ranks: Floats) -> Iterator[CostLine]:
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
        part = Part(hours / (1 - failed.value), formula, (each, failed))
        parts, running = {"recovery": part}, Running.always(ranks)
        yield from self.hourly("recovery", option, parts, part, running, 0.0)

    def hourly(
        self, use: str, option: PurchaseOption, parts: Mapping[str, Part], whole: Part,
        running: Running, share: float,
    ) -> Iterator[CostLine]:  # fmt: skip
        """Hours that are needed, and those of the machines' other accelerators beside them."""
        rented = rent(hourly_prices(self.scenario, option), running)
        for name, part in parts.items():
            yield self.line(name, option, rented, part, share)
        if any(price.at_once > 1 for price in rented.prices):
            paid_for = Input(
                "hours of whole machines", whole.hours * rented.paid_over_needed, "h",
                "machines that hold what runs at once × accelerators of one × hours",
            )  # fmt: skip
            left = Part(
                whole.hours * (rented.paid_over_needed - 1), f"({paid_for.name} − {whole.formula})",
                (paid_for, *whole.inputs),
            )  # fmt: skip
            yield self.line(f"{use}{REST}", option, rented, left, share)

    def spot(
        self, use: str, parts: Mapping[str, Part], whole: Part, running: Running, share: float
    ) -> Iterator[CostLine]:
        """Hours on spot, those done again after a preemption, and those bought on demand."""
        lost = self.capacity("spot_lost_work_fraction", "share preempted")
        none_left = self.capacity("spot_fallback_fraction", "share without spot capacity")
        on_spot, text = 1 - none_left.value, f"(1 − {none_left.name})"
        found = {name: part.times(on_spot, text, none_left) for name, part in parts.items()}
        found[f"{use} done again after preemption"] = whole.times(
            on_spot * lost.value / (1 - lost.value),
            f"{text} × {lost.name} ÷ (1 − {lost.name})", none_left, lost,
        )  # fmt: skip
        all_of_it = whole.times(
            on_spot / (1 - lost.value), f"{text} ÷ (1 − {lost.name})", none_left, lost
        )
        yield from self.hourly(use, "spot", found, all_of_it, running, share)
        fallen_back = whole.times(none_left.value, none_left.name, none_left)
        name = f"{use} without spot capacity"
        yield from self.hourly(name, ON_DEMAND, {name: fallen_back}, fallen_back, running, share)

    def reserved(
        self, use: str, parts: Mapping[str, Part], whole: Part, held: Running, share: float
    ) -> Iterator[CostLine]:
        """What is used of a commitment, and what is not: whole machines for the whole month."""
        rented = rent(hourly_prices(self.scenario, "reserved"), held)
        for name, part in parts.items():
            yield self.line(name, "reserved", rented, part, share)
        committed = Input(
            "hours committed to",
            held.accelerators[:, 0] * rented.paid_over_needed * HOURS_PER_MONTH, "h",
            "accelerators of the machines that hold what runs at once × 730 h",
        )  # fmt: skip
        left = np.maximum(committed.value - whole.hours, 0.0)
        used = Input(f"hours of {use}", whole.hours, "h", whole.formula)
        idle = Part(left, f"({committed.name} − {used.name})", (committed, used))
        yield self.line(f"{use}, committed and idle", "reserved", rented, idle, share)

    def capacity(self, key: str, name: str) -> Known:
        return share_of_hours(self.scenario, key, name, self.case)

    def line(
        self, name: str, option: PurchaseOption, rented: Rented, part: Part, share: float
    ) -> CostLine:
        told = [_told(part, price, self.case) for price in rented.prices]
        usd = np.array([_usd(price, self.case) for price in rented.prices])
        missing = rented.prices[0].missing or self.unknown_hours(name, part.hours)
        return CostLine(
            component="hardware" if option == "reserved" else "training_and_deployment",
            name=f"{name}, {option}",
            quantity=part.hours,
            unit="accelerator hours",
            unit_price_usd=usd[rented.which],
            formula=told[0].formula,
            missing=missing,
            inputs=told[0].inputs,
            serving_share=np.full_like(part.hours, share),
            others=tuple(told[1:]),
            which=rented.which,
        )

    def unknown_hours(self, use: str, hours: Floats) -> str | None:
        if np.isfinite(hours).all():
            return None
        part = self.scenario.hardware.id
        return f"time of {use} over several {part}: no link between them is known"


def _told(part: Part, price: HourlyPrice, case: Case) -> Told:
    """Hours × price less what is taken off it."""
    figures = price.inputs(case)
    factors = [price.name, *(f"(1 − {off.name})" for off in figures[1:])]
    formula = f"{' × '.join([part.formula, *factors])}; {price.basis}"
    if price.at_once > 1:
        formula += f", machines of {price.at_once:g} accelerators"
    return Told(formula, (*part.inputs, *figures))


def _usd(price: HourlyPrice, case: Case) -> float:
    if price.usd is None:
        return float("nan")
    listed, *off = price.inputs(case)
    return listed.value * math.prod(1 - each.value for each in off)
