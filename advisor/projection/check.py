"""The projection of one measured run, and its error against the measurement."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.profiling.profile import ModelProfile
from advisor.projection.cascade import PASSED_ON, anything_passed, passed_batch
from advisor.projection.columns import setup_columns
from advisor.projection.memory import inference_payload_bytes, weight_bytes
from advisor.projection.operators import Floats, operator_table
from advisor.projection.result import Estimate
from advisor.projection.scenario import CASES, Case, costly
from advisor.projection.serving import main_phase
from advisor.projection.setup import Setup
from advisor.projection.student import by_model, narrowed, student
from advisor.projection.time import Load, phase_seconds

_Figure = Callable[[ModelProfile, Sequence[Setup], float], Floats]
"""Of a model under setups that serve it, at a batch size."""
_Joined = Callable[[Floats, Floats, float], Floats]
"""The figure of a cascade of those of its two models, and the batch of the first."""


def project_run_seconds(
    profile: ModelProfile, hardware: Hardware, setups: Sequence[Setup]
) -> list[Estimate]:
    """Seconds of one forward pass on the example inputs, as a measurement runs it."""

    def seconds(case: Case) -> Floats:
        passed = costly(PASSED_ON, case)

        def one(model: ModelProfile, own: Sequence[Setup], batch_size: float) -> Floats:
            return _pass_seconds(model, hardware, own, batch_size, case)

        def in_turn(small: Floats, large: Floats, batch_size: float) -> Floats:
            some = anything_passed(np.array(batch_size), np.array(passed))
            return np.asarray(small + some * large)

        return _of_each(profile, setups, one, in_turn, passed)

    cases = [seconds(case) for case in CASES]
    return [Estimate(*sorted(float(case[index]) for case in cases)) for index in range(len(setups))]


def project_run_bytes(
    profile: ModelProfile, hardware: Hardware, setups: Sequence[Setup]
) -> list[float]:
    """Bytes of tensors at the peak of that pass: parameters, buffers and activations.

    The two models of a cascade work one after the other.
    """

    def working(model: ModelProfile, own: Sequence[Setup], batch_size: float) -> Floats:
        phase = main_phase(model)
        tokens = float(phase.query_tokens) if phase.query_tokens else None
        batch, table = np.full(len(own), batch_size), operator_table(phase)
        columns = setup_columns(own, model.dtype, hardware)
        held = inference_payload_bytes(model, table, columns, batch, tokens, None)
        return np.asarray(held - weight_bytes(model, table, columns))

    worked = _of_each(
        profile, setups, working, lambda small, large, _: np.maximum(small, large),
        PASSED_ON.expected,
    )  # fmt: skip
    stored = project_stored_bytes(profile, hardware, setups)
    return [float(one) + other for one, other in zip(worked, stored, strict=True)]


def project_stored_bytes(
    profile: ModelProfile, hardware: Hardware, setups: Sequence[Setup]
) -> list[float]:
    """Bytes of parameters and buffers of all that is served, as they are stored."""

    def stored(model: ModelProfile, own: Sequence[Setup], _: float) -> Floats:
        table = operator_table(main_phase(model))
        return weight_bytes(model, table, setup_columns(own, model.dtype, hardware))

    together = _of_each(profile, setups, stored, lambda small, large, _: small + large, 1.0)
    return [float(each) for each in together]


def _of_each(
    profile: ModelProfile, setups: Sequence[Setup], one: _Figure, joined: _Joined, passed: float
) -> Floats:
    """A figure of each setup's own model, shape (setups,): of a student, or of both in turn."""
    found = np.empty(len(setups))
    batch_size = float(main_phase(profile).batch_size)
    for (share, first), places in by_model(profile, setups).items():
        own = [setups[place] for place in places]
        smaller = share if first is None else first
        thin = [narrowed(profile, setup, smaller) for setup in own]
        figure = one(student(profile, smaller), thin, batch_size)
        if first is not None:
            figure = joined(figure, one(profile, own, _passed(batch_size, passed)), batch_size)
        found[places] = figure
    return found


def _passed(batch_size: float, passed: float) -> float:
    return float(passed_batch(np.array(batch_size), np.array(passed)))


def _pass_seconds(
    profile: ModelProfile, hardware: Hardware, setups: Sequence[Setup], batch_size: float,
    case: Case,
) -> Floats:  # fmt: skip
    table, one = operator_table(main_phase(profile)), np.ones(len(setups))
    load = Load(
        batch_size=one * batch_size,
        query_tokens=one * table.query_tokens,
        context_tokens=one * table.context_tokens,
        accelerators=one,
    )
    columns = setup_columns(setups, profile.dtype, hardware)
    return phase_seconds(table, columns, load, hardware, case)


def relative_error(projected: float, measured: float) -> float:
    """How far the projection is off, as a share of what was measured; positive is too high."""
    return (projected - measured) / measured
