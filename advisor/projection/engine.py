"""The engine: a batch of setups through time, memory, capacity and cost, by one code path.

The screen passes one setup, the search a hundred thousand; both get arrays of shape (setups,).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from advisor.catalog.pricing import PurchaseOption
from advisor.projection.capacity import Fleet, size_fleet
from advisor.projection.cascade import cascaded, passed_batch, passed_on
from advisor.projection.columns import SetupColumns, setup_columns
from advisor.projection.cost_compute import compute_lines
from advisor.projection.cost_kept import keeping_lines
from advisor.projection.cost_people_data import data_lines, people_lines
from advisor.projection.deployment import deployed
from advisor.projection.distinct import distinct, joined, taken
from advisor.projection.lines import CostLine
from advisor.projection.memory import capacity_bytes, weight_bytes
from advisor.projection.operators import Flags, Floats, operator_table
from advisor.projection.parts import Part
from advisor.projection.repeated_requests import demand_share
from advisor.projection.scenario import CASES, Case, CaseRows, Evidence, Scenario, costly
from advisor.projection.serving import Served, main_phase, serve
from advisor.projection.serving_engine import served_setup
from advisor.projection.setup import Setup
from advisor.projection.student import by_model, narrowed, student
from advisor.projection.training import Trained, for_training, train


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
    serving = _by_case(_serving, "serving", scenario, setups, cases, known)
    training = _by_case(_training, "training", scenario, setups, cases, [nothing] * len(setups))
    options = _purchase_options(scenario, setups)
    managed = np.array([setup.managed_serving for setup in setups])
    found = []
    for case, run, trained in zip(cases, serving, training, strict=True):
        fleet = size_fleet(scenario, setups, run.columns, run.served, trained, case)
        lines = (
            *compute_lines(scenario, fleet, *options, case, trained.accelerators, managed),
            *keeping_lines(scenario, setups, run.weights_bytes, case),
            *data_lines(scenario, setups, case),
            *people_lines(scenario, setups, case),
        )
        drop = [
            costly(setup.quality_drop, case) if each.quality_drop is None else each.quality_drop
            for setup, each in zip(setups, known, strict=True)
        ]
        found.append(
            Evaluation(
                **vars(run), trained=trained, fleet=fleet, quality_drop=np.array(drop), lines=lines
            )
        )
    return found


def evaluate_training(
    scenario: Scenario, setups: Sequence[Setup], case: Case = "expected"
) -> Trained:
    """Training alone, as in `evaluate`, of setups that it can tell apart."""
    rows = np.full(len(setups), CASES.index(case))
    return _training(scenario, setups, rows, [Evidence()] * len(setups))


Run = TypeVar("Run")
_Runner = Callable[
    [Scenario, Sequence[Setup], CaseRows, Sequence[Evidence]], Run
]  # fmt: skip
"""Takes rows of one batch with the case of each, and gives a dataclass of arrays."""


def _by_case(
    run: _Runner[Run], part: Part, scenario: Scenario, setups: Sequence[Setup],
    cases: Sequence[Case], known: Sequence[Evidence],
) -> list[Run]:  # fmt: skip
    """`run` once for what `part` can tell apart, in each of `cases`, with a row for each setup."""
    first, where = distinct(scenario.profile, setups, known, part)
    rows = [setups[i] for i in first] * len(cases)
    case = np.repeat([CASES.index(each) for each in cases], len(first))
    together = run(scenario, rows, case, [known[i] for i in first] * len(cases))
    starts = range(0, len(rows), len(first)) if first else [0] * len(cases)
    if len(first) == len(setups):
        return [taken(together, slice(start, start + len(first))) for start in starts]
    return [taken(together, where + start) for start in starts]


@dataclass(frozen=True)
class _Serving:
    """Time and memory of serving; every array has the shape (setups,)."""

    columns: SetupColumns
    served: Served
    weights_bytes: Floats


def _serving(
    scenario: Scenario, setups: Sequence[Setup], case: CaseRows, known: Sequence[Evidence]
) -> _Serving:
    """Each setup with what it serves: the model itself, a student of it, or both in turn."""
    groups = by_model(scenario.profile, setups)
    found: list[_Serving] = []
    for (share, first), places in groups.items():
        own, cases = [setups[place] for place in places], case[places]
        evidence = [known[place] for place in places]
        if first is None:
            found.append(_student_serving(scenario, own, share, cases, evidence))
        else:
            found.append(_cascade_serving(scenario, own, first, cases, evidence))
    if len(found) == 1:
        return found[0]
    order = np.concatenate([np.array(places) for places in groups.values()])
    return taken(joined(found), np.argsort(order))


def _student_serving(
    scenario: Scenario, setups: Sequence[Setup], share: float, case: CaseRows,
    known: Sequence[Evidence],
) -> _Serving:  # fmt: skip
    model = student(scenario.profile, share)
    served = scenario if model is scenario.profile else replace(scenario, profile=model)
    own = [narrowed(scenario.profile, setup, share) for setup in setups]
    return _serving_of(served, own, case, known)


def _cascade_serving(
    scenario: Scenario, setups: Sequence[Setup], share: float, case: CaseRows,
    known: Sequence[Evidence],
) -> _Serving:  # fmt: skip
    small = _student_serving(scenario, setups, share, case, known)
    passed = passed_on(case)
    fewer = [
        replace(setup, request_batch=int(batch))
        for setup, batch in zip(setups, passed_batch(small.served.batch_size, passed), strict=True)
    ]
    large = _serving_of(scenario, fewer, case, known)
    served = cascaded(scenario, small.served, large.served, small.weights_bytes, passed)
    return replace(small, served=served, weights_bytes=small.weights_bytes + large.weights_bytes)


def _serving_of(
    scenario: Scenario, setups: Sequence[Setup], case: CaseRows, known: Sequence[Evidence]
) -> _Serving:
    dtype = scenario.profile.dtype
    as_served = [served_setup(each) for each in setups]
    columns = setup_columns(as_served, dtype, scenario.hardware)
    columns = replace(columns, demand_share=demand_share(scenario, setups, case))
    latency_ratio = np.array([found.latency_ratio or 1.0 for found in known])
    memory_ratio = np.array([found.memory_ratio or 1.0 for found in known])
    where = deployed(as_served, scenario.hardware, case)
    served = serve(scenario, columns, where, latency_ratio, case)
    served = replace(served, memory_bytes=served.memory_bytes * memory_ratio)
    weights = weight_bytes(scenario.profile, operator_table(main_phase(scenario.profile)), columns)
    return _Serving(columns, served, weights)


def _training(
    scenario: Scenario, setups: Sequence[Setup], case: CaseRows, _: Sequence[Evidence]
) -> Trained:
    training = [for_training(setup) for setup in setups]
    columns = setup_columns(training, scenario.profile.dtype, scenario.hardware)
    return train(scenario, training, columns, case)


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
    return np.asarray(
        serving_feasible(scenario, evaluation)
        & training_feasible(scenario, evaluation)
        & (evaluation.quality_drop <= scenario.workload.quality.max_drop)
    )


def serving_feasible(scenario: Scenario, evaluation: Evaluation) -> Flags:
    """Whether each setup fits where it serves and meets the objectives."""
    room = capacity_bytes(scenario.hardware, evaluation.columns)
    served = evaluation.served
    return np.asarray(served.fits & served.meets_objectives & (served.memory_bytes <= room))


def training_feasible(scenario: Scenario, evaluation: Evaluation) -> Flags:
    """Whether each setup can be trained, where there is anything to train."""
    return can_be_trained(scenario, evaluation.trained)


def can_be_trained(scenario: Scenario, trained: Trained) -> Flags:
    """Whether each setup fits and its time is known, where there is anything to train."""
    if scenario.workload.training.runs_per_month <= 0:
        return np.ones_like(trained.fits)
    return np.asarray(trained.fits & np.isfinite(trained.step_s))
