"""The engine: a batch of setups through time, memory, capacity and cost, by one code path.

The screen passes one setup, the search a hundred thousand; both get arrays of shape (setups,).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from advisor.catalog.pricing import PurchaseOption
from advisor.projection.capacity import Fleet, size_fleet
from advisor.projection.columns import SetupColumns, setup_columns
from advisor.projection.cost_compute import compute_lines
from advisor.projection.cost_kept import keeping_lines
from advisor.projection.cost_people_data import data_lines, people_lines
from advisor.projection.deployment import deployed
from advisor.projection.distinct import distinct, taken
from advisor.projection.lines import CostLine
from advisor.projection.memory import capacity_bytes, weight_bytes
from advisor.projection.operators import Flags, Floats, operator_table
from advisor.projection.scenario import CASES, Case, Evidence, Scenario, costly
from advisor.projection.serving import Served, main_phase, serve
from advisor.projection.serving_engine import served_setup
from advisor.projection.setup import Setup
from advisor.projection.training import Trained, train


@dataclass(frozen=True)
class Evaluation:
    """One case of a batch of setups; every array has the shape (setups,)."""

    columns: SetupColumns
    served: Served
    trained: Trained
    fleet: Fleet
    weights_bytes: Floats
    quality_drop: Floats
    lines: tuple[CostLine, ...]

    @property
    def usd_per_month(self) -> Floats:
        """The sum of the lines whose price is known."""
        total: Floats = np.nansum([line.usd_per_month for line in self.lines], axis=0)
        return total


def _for_training(setup: Setup) -> Setup:
    """The setup that a training step runs under: what is done to a finished model is not in it."""
    return replace(
        setup,
        weight_format="native",
        linear_activation_format="native",
        channels_removed=0.0,
        weights_masked=0.0,
        accelerator_slices=1,
    )


def evaluate(
    scenario: Scenario,
    setups: Sequence[Setup],
    case: Case = "expected",
    evidence: Sequence[Evidence | None] | None = None,
) -> Evaluation:
    """Evaluate `setups` at one end (or the middle) of every uncertain input.

    `evidence[i]` is what a measurement of `setups[i]` has shown, None where it was not measured.
    """
    return evaluate_cases(scenario, setups, (case,), evidence)[0]


def evaluate_cases(
    scenario: Scenario,
    setups: Sequence[Setup],
    cases: Sequence[Case] = CASES,
    evidence: Sequence[Evidence | None] | None = None,
) -> list[Evaluation]:
    """The same in each of `cases`, whose setups are rows of one batch."""
    nothing = Evidence()
    known = [found or nothing for found in (evidence or [None] * len(setups))]
    first, where = distinct(setups, known)
    together = _run(scenario, [setups[i] for i in first], cases, [known[i] for i in first])
    options = _purchase_options(scenario, setups)
    found = []
    for index, case in enumerate(cases):
        start = index * len(first)
        every = len(first) == len(setups)
        run = taken(together, slice(start, start + len(first)) if every else where + start)
        fleet = size_fleet(scenario, setups, run.columns, run.served, run.trained, case)
        lines = (
            *compute_lines(scenario, fleet, *options, case, run.trained.accelerators),
            *keeping_lines(scenario, setups, run.weights_bytes, case),
            *data_lines(scenario, setups, case),
            *people_lines(scenario, setups, case),
        )
        drop = [
            costly(setup.quality_drop, case) if each.quality_drop is None else each.quality_drop
            for setup, each in zip(setups, known, strict=True)
        ]
        found.append(Evaluation(**vars(run), fleet=fleet, quality_drop=np.array(drop), lines=lines))
    return found


@dataclass(frozen=True)
class _Run:
    """What concerns time and memory; every array has the shape (setups,)."""

    columns: SetupColumns
    served: Served
    trained: Trained
    weights_bytes: Floats


def _run(
    scenario: Scenario, alike: Sequence[Setup], cases: Sequence[Case], known: Sequence[Evidence]
) -> _Run:
    """Rows of every setup in the first case, then of every one in the next."""
    setups, known = [*alike] * len(cases), [*known] * len(cases)
    case = np.repeat([CASES.index(each) for each in cases], len(alike))
    dtype = scenario.profile.dtype
    columns = setup_columns([served_setup(each) for each in setups], dtype, scenario.hardware)
    latency_ratio = np.array([found.latency_ratio or 1.0 for found in known])
    memory_ratio = np.array([found.memory_ratio or 1.0 for found in known])
    where = deployed(setups, scenario.hardware, case)
    served = serve(scenario, columns, where, latency_ratio, case)
    served = replace(served, memory_bytes=served.memory_bytes * memory_ratio)
    training = [_for_training(setup) for setup in setups]
    training_columns = setup_columns(training, dtype, scenario.hardware)
    trained = train(scenario, training, training_columns, case)
    weights = weight_bytes(scenario.profile, operator_table(main_phase(scenario.profile)), columns)
    return _Run(columns, served, trained, weights)


def _purchase_options(
    scenario: Scenario, setups: Sequence[Setup]
) -> tuple[list[PurchaseOption], list[PurchaseOption]]:
    """How serving and training are bought; what is owned is not rented beside it."""
    usual = scenario.organization.rental.purchase_option
    serving = [setup.serving_purchase or usual for setup in setups]
    training = [
        "owned" if bought == "owned" else (setup.training_purchase or usual)
        for setup, bought in zip(setups, serving, strict=True)
    ]
    return serving, training


def feasible(scenario: Scenario, evaluation: Evaluation) -> Flags:
    """Whether each setup keeps the floor on quality, meets the objectives and fits."""
    trains = scenario.workload.training.runs_per_month > 0
    room = capacity_bytes(scenario.hardware, evaluation.columns)
    kept: Flags = (
        evaluation.served.fits
        & evaluation.served.meets_objectives
        & (evaluation.served.memory_bytes <= room)
        & (evaluation.quality_drop <= scenario.workload.quality.max_drop)
    )
    if not trains:
        return kept
    return kept & evaluation.trained.fits & np.isfinite(evaluation.trained.step_s)
