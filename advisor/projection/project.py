"""Projections of single setups: the engine's three cases joined into estimates."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.errors import ModelError
from advisor.projection.engine import Evaluation, evaluate_cases
from advisor.projection.kept import kept_with
from advisor.projection.lines import CostLine
from advisor.projection.memory import capacity_bytes
from advisor.projection.operators import Floats
from advisor.projection.parallel import UNSTATED_LINK, is_linked
from advisor.projection.result import (
    Bill,
    Constraint,
    Estimate,
    LineInput,
    LineItem,
    Projection,
)
from advisor.projection.scenario import CASES, Evidence, Scenario
from advisor.projection.serving import MAX_ACCELERATORS_PER_REPLICA
from advisor.projection.serving_engine import serving_of
from advisor.projection.setup import Setup
from advisor.projection.utilisation import utilisation
from advisor.units import BYTES_PER_GIB


def project(
    scenario: Scenario, setups: Sequence[Setup],
    evidence: Sequence[Evidence | None] | None = None, *, detailed: int | None = None,
) -> list[Projection]:  # fmt: skip
    """Evaluate `setups` at the low, expected and high end and join what comes out.

    Of the first `detailed` of them, of all where None, items of the bill have the figures that they
    are computed from, which take a third to a half of the time.
    """
    cases = evaluate_cases(scenario, setups, CASES, evidence)
    known = evidence or [None] * len(setups)
    shared = _shared(scenario)
    return [
        _projection(
            scenario, setup, cases, known[i], i, shared, detailed=detailed is None or i < detailed
        )
        for i, setup in enumerate(setups)
    ]


def _join(values: Sequence[Floats], index: int) -> Estimate | None:
    """Bounds in order; None where any case is not a finite number."""
    low, expected, high = (float(each[index]) for each in values)
    return _between(low, expected, high)


def _between(low: float, expected: float, high: float) -> Estimate | None:
    if not (math.isfinite(low) and math.isfinite(expected) and math.isfinite(high)):
        return None
    return Estimate(min(low, expected, high), expected, max(low, expected, high))


def _require(scenario: Scenario, figure: str, values: Sequence[Floats], index: int) -> Estimate:
    joined = _join(values, index)
    if joined is None:
        part = scenario.hardware.id
        raise ModelError(
            f"{figure} of {scenario.profile.reference} on {part}: not a finite number; check the "
            f"rates, memory and link of hardware/{part}.toml, or name another part with --hardware"
        )
    return joined


_Shared = dict[tuple[str, str], LineItem | None]
"""Items that are the same for every setup, by component and name; None where one is unused."""


@kept_with
def _shared(scenario: Scenario) -> _Shared:
    """Those of `scenario`, kept as long as it is."""
    del scenario
    return {}


def _bill(cases: Sequence[Evaluation], index: int, shared: _Shared, *, detailed: bool) -> Bill:
    items = []
    for low, expected, high in zip(*(case.lines for case in cases), strict=True):
        name = (expected.component, expected.name)
        if expected.of_scenario and name in shared:
            item = shared[name]
        else:
            item = _item((low, expected, high), index, detailed=detailed)
            if expected.of_scenario and detailed:
                shared[name] = item
        if item is not None:
            items.append(item)
    return Bill(tuple(items))


def _item(
    triple: tuple[CostLine, CostLine, CostLine], index: int, *, detailed: bool
) -> LineItem | None:
    """None where nothing of it is used, so that its price does not matter."""
    expected = triple[1]
    quantity = _join([line.quantity for line in triple], index)
    if quantity is not None and quantity.high == 0:
        return None
    cost = _join([line.usd_per_month for line in triple], index)
    share = expected.serving_share
    return LineItem(
        component=expected.component,
        name=expected.name,
        quantity=quantity,
        unit=expected.unit,
        unit_price_usd=_join([line.unit_price_usd for line in triple], index),
        usd_per_month=cost,
        formula=expected.told(expected.chosen(index)).formula,
        missing=_missing(expected) if cost is None else None,
        inputs=_inputs(triple, index) if detailed else (),
        serving_share=None if share is None else float(share[index]),
    )


def _inputs(triple: tuple[CostLine, CostLine, CostLine], index: int) -> tuple[LineInput, ...]:
    def at(value: float | Floats) -> float:
        return float(value[index]) if isinstance(value, np.ndarray) else value

    offer = triple[1].chosen(index)
    return tuple(
        LineInput(
            expected.name,
            _between(at(low.value), at(expected.value), at(high.value)),
            expected.unit,
            expected.origin,
            expected.source,
        )
        for low, expected, high in zip(*(line.told(offer).inputs for line in triple), strict=True)
    )


def _missing(line: CostLine) -> str:
    return line.missing or f"{line.name}: how many {line.unit} is not known"


def _constraints(
    scenario: Scenario, expected: Evaluation, index: int, training: bool
) -> tuple[Constraint, ...]:
    serving, served = scenario.workload.serving, expected.served
    limits = [
        ("latency", served.gathering_s + served.latency_s, serving.latency_objective_ms),
        ("time to first token", served.first_token_s, serving.time_to_first_token_ms),
        ("time per output token", served.output_token_s, serving.time_per_output_token_ms),
    ]
    found = [
        Constraint(name, _value(values, index), limit_ms / 1e3, "s")
        for name, values, limit_ms in limits
        if limit_ms is not None and np.isfinite(values[index])
    ]
    room = float(capacity_bytes(scenario.hardware, expected.columns)[index])
    found.append(Constraint("memory, serving", _value(served.memory_bytes, index), room, "bytes"))
    alone = expected.columns.capacity_share[index] < 1 or not is_linked(scenario.hardware)
    most = 1 if alone else MAX_ACCELERATORS_PER_REPLICA
    split = _value(served.accelerators, index)
    found.append(Constraint("accelerators per replica", split, most, "accelerators"))
    if training:
        used = _value(expected.trained.memory_bytes, index)
        whole = scenario.hardware.memory.capacity_gib * BYTES_PER_GIB
        found.append(Constraint("memory, training", used, whole, "bytes"))
    floor = scenario.workload.quality.max_drop
    found.append(Constraint("quality", _value(expected.quality_drop, index), floor, "fraction"))
    return tuple(found)


def _value(values: Floats, index: int) -> float | None:
    value = float(values[index])
    return value if np.isfinite(value) else None


def _projection(
    scenario: Scenario, setup: Setup, cases: Sequence[Evaluation], evidence: Evidence | None,
    index: int, shared: _Shared, *, detailed: bool,
) -> Projection:  # fmt: skip
    served, trained = [case.served for case in cases], [case.trained for case in cases]
    expected = cases[1]
    trains = scenario.workload.training.runs_per_month > 0
    serves = scenario.workload.serving.requests_per_month > 0
    usual = scenario.organization.rental.purchase_option
    owned = (setup.serving_purchase or usual) == "owned"
    return Projection(
        setup=setup,
        latency_s=_require(scenario, "latency", [each.latency_s for each in served], index),
        throughput_per_s=_require(
            scenario, "throughput", [each.requests_per_s for each in served], index
        ),
        serving_batch_size=int(expected.served.batch_size[index]),
        time_to_first_token_s=_join([each.first_token_s for each in served], index),
        time_per_output_token_s=_join([each.output_token_s for each in served], index),
        inference_memory_bytes=_require(
            scenario, "memory in serving", [each.memory_bytes for each in served], index
        ),
        training_step_s=_join([each.step_s for each in trained], index) if trains else None,
        training_memory_bytes=(
            _join([each.memory_bytes for each in trained], index) if trains else None
        ),
        accelerators_per_replica=int(expected.served.accelerators[index]),
        serving_accelerators=_require(
            scenario,
            "accelerators of serving",
            [case.fleet.serving_accelerators for case in cases],
            index,
        ),
        training_accelerators=int(expected.trained.accelerators[index]) if trains else 0,
        energy_kwh_per_month=_join([case.fleet.energy_kwh for case in cases], index),
        quality_drop=_require(
            scenario, "quality lost", [case.quality_drop for case in cases], index
        ),
        bill=_bill(cases, index, shared, detailed=detailed),
        constraints=_constraints(scenario, expected, index, trains),
        basis=setup_basis(scenario, setup, evidence),
        queue_wait_s=_join([case.fleet.wait_s for case in cases], index) if serves else None,
        utilisation=_join([utilisation(case.fleet, owned) for case in cases], index),
    )


def _stands_on(hardware: Hardware) -> str:
    """A calibration of one box, curves fitted to published times, or the default ones."""
    efficiency = hardware.efficiency
    if hardware.calibration is not None:
        known = hardware.calibration
        return f"{efficiency.source.text}, {known.taken_at[:10]}, {known.points} points"
    if efficiency.curves is None:
        return f"default curves at the level of {efficiency.source.text}"
    return f"hardware profile fitted on {efficiency.curves.source.text}"


def setup_basis(
    scenario: Scenario, setup: Setup, evidence: Evidence | None = None
) -> tuple[str, ...]:
    """In words, what the figures stand on."""
    hardware = scenario.hardware
    basis = [
        f"operators counted by {scenario.profile.counted_by}",
        f"efficiency of {hardware.id}: {_stands_on(hardware)}",
    ]
    wanted = setup.autocast or (setup.float_format if setup.float_format != "native" else None)
    if wanted and hardware.compute.peak_flops(wanted) is None:
        basis.append(f"{hardware.id} states no {wanted} rate: its 32-bit rate is used")
    if setup.linear_activation_format == "int8" and hardware.compute.peak_flops("int8") is None:
        basis.append(f"{hardware.id} states no int8 rate: its floating-point rate is used")
    if not is_linked(hardware) and (setup.tensor_parallel or 1) * setup.pipeline_parallel > 1:
        basis.append(
            f"{hardware.id} states no link to another: {UNSTATED_LINK.source.text} is taken; "
            f"state one in [link] of hardware/{hardware.id}.toml"
        )
    if scenario.profile.decoder is not None and setup.engine is not None:
        basis.append(f"served by {setup.engine}: {serving_of(setup).source.text}")
    if evidence is not None and evidence.latency_ratio is not None:
        basis.append(f"time scaled by a measurement ({evidence.latency_ratio:.2f} of projected)")
    if evidence is not None and evidence.quality_drop is not None:
        basis.append("quality measured")
    return tuple(basis)
