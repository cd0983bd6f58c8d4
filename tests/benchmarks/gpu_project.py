"""What is projected for a case of the GPU benchmark: as it came, and with its strategies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.measurement.training_result import TrainingRun
from advisor.profiling.profile import ModelProfile, Phase
from advisor.projection.check import project_run_bytes, project_run_seconds
from advisor.projection.check_training import project_training_run
from advisor.projection.columns import setup_columns
from advisor.projection.memory import allocated, inference_payload_bytes
from advisor.projection.operators import operator_table
from advisor.projection.result import Estimate
from advisor.projection.scenario import CASES
from advisor.projection.setup import Setup
from advisor.projection.time import Load, phase_seconds
from advisor.session import build_scenario
from advisor.session_options import Options
from advisor.strategies.selection import parse_selection, setup_for
from tests.benchmarks.gpu_cases import Case


@dataclass(frozen=True)
class Projected:
    """Before and after; None where the engine does not tell. `nvml_bytes` adds the context."""

    latency_s: tuple[Estimate | None, Estimate | None]
    allocator_bytes: tuple[Estimate | None, Estimate | None]
    nvml_bytes: Estimate | None
    energy_j: tuple[Estimate | None, Estimate | None]
    quality_drop: Estimate


def projected(
    case: Case, profile: ModelProfile, hardware: Hardware, trained: TrainingRun | None
) -> Projected:
    """`trained` says how much a measured step held; a training case without one raises."""
    setups = [setup_for(()), setup_for(parse_selection(case.strategies))]
    if case.kind == "training":
        assert trained is not None, "what a step trained on is told by its measurement"
        scenario = build_scenario(profile, hardware, Options())
        steps = project_training_run(
            scenario, hardware, setups, trained.samples_per_step, trained.tokens_per_sample
        )
        seconds = [each.step_s for each in steps]
        held = [each.memory_bytes for each in steps]
        return _all(setups[1], hardware, seconds, held, held_by_device=True)
    if case.kind == "decode":
        phase = next(each for each in profile.phases if each.name == "decode")
        return _all(setups[1], hardware, *_decode(profile, phase, hardware, setups))
    return _all(
        setups[1], hardware,
        [*project_run_seconds(profile, hardware, setups)],
        [*project_run_bytes(profile, hardware, setups)],
    )  # fmt: skip


def _decode(
    profile: ModelProfile, phase: Phase, hardware: Hardware, setups: list[Setup]
) -> tuple[list[Estimate | None], list[float | None]]:
    table, one = operator_table(phase), np.ones(len(setups))
    columns = setup_columns(setups, profile.dtype, hardware)
    load = Load(one * phase.batch_size, one, one * table.context_tokens, one)
    cases = [phase_seconds(table, columns, load, hardware, each) for each in CASES]
    seconds = [Estimate(*sorted(float(each[i]) for each in cases)) for i in range(len(setups))]
    held = inference_payload_bytes(
        profile, table, columns, load.batch_size, 1.0, float(table.context_tokens)
    )
    return [*seconds], [float(each) for each in held]


def _all(
    setup: Setup, hardware: Hardware, seconds: list[Estimate | None], held: list[float | None],
    *, held_by_device: bool = False,
) -> Projected:  # fmt: skip
    payload = held[1]
    nvml = None
    if payload is not None and not held_by_device:
        shown = [float(allocated(np.array(payload), hardware, each)) for each in CASES]
        nvml = Estimate(*sorted(shown))
    drop = setup.quality_drop
    before, after = (_exactly(each) for each in held)
    joules = [_joules(each, hardware) for each in seconds]
    return Projected(
        (seconds[0], seconds[1]), (before, after), nvml, (joules[0], joules[1]),
        Estimate(drop.low, drop.expected, drop.high),
    )  # fmt: skip


def _joules(seconds: Estimate | None, hardware: Hardware) -> Estimate | None:
    """As the bill has it: the part draws its rated power for as long as it works."""
    watts = None if hardware.power is None else hardware.power.tdp_w
    if seconds is None or watts is None:
        return None
    return Estimate(seconds.low * watts, seconds.expected * watts, seconds.high * watts)


def _exactly(value: float | None) -> Estimate | None:
    return None if value is None else Estimate(value, value, value)
