"""Time, throughput and memory of exactly the batch, lengths and layout that are asked for.

Nothing is chosen here: what does not fit or meets no objective is projected all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from advisor.catalog.quantity import Quantity
from advisor.projection.columns import SetupColumns, setup_columns
from advisor.projection.deployment import Deployed, deployed
from advisor.projection.exact_result import Asked, AtLoad, Exact, ExactPhase, PhaseProjection
from advisor.projection.memory import allocated, inference_payload_bytes
from advisor.projection.operators import Floats, operator_table
from advisor.projection.parallel import is_linked
from advisor.projection.queueing import MIXED, mean_wait_s
from advisor.projection.result import Estimate
from advisor.projection.scenario import CASES, Case, Scenario
from advisor.projection.serving import device_payload_bytes, main_phase
from advisor.projection.serving_engine import (
    decode_seconds,
    prefill_seconds,
    served_setup,
    serving_of,
)
from advisor.projection.setup import Setup
from advisor.projection.slices import part_of
from advisor.projection.steady_state import steady_state
from advisor.projection.student import narrowed, student
from advisor.projection.time import Load, phase_seconds
from advisor.projection.training import for_training, train
from advisor.projection.training_step import training_engine
from advisor.units import BYTES_PER_GIB


@dataclass(frozen=True)
class _Figures:
    """One phase in one case."""

    time_s: float
    done: float
    memory_bytes: float
    utilisation: tuple[float, float] | None = None


def project_exactly(scenario: Scenario, setup: Setup, asked: Asked) -> Exact:
    """Project every phase of the model under `setup`, at the low, expected and high end."""
    found: dict[ExactPhase, list[_Figures]] = {}
    loads = []
    for case in CASES:
        one = _OneCase(scenario, setup, asked, case)
        figures = one.decoder() if scenario.profile.decoder else one.batches()
        if scenario.profile.memory.training_moments:
            figures["training_step"] = one.training_step()
        for phase, each in figures.items():
            found.setdefault(phase, []).append(each)
        if asked.requests_per_s is not None and scenario.profile.decoder:
            loads.append(one.at_load(asked.requests_per_s))
    return Exact(
        setup=setup,
        asked=asked,
        phases={
            phase: _phase_projection(scenario, setup, phase, cases)
            for phase, cases in found.items()
        },
        at_load=_at_load(loads) if loads else None,
        memory_capacity_bytes=(
            scenario.hardware.memory.capacity_gib
            * BYTES_PER_GIB
            * part_of(setup, scenario.hardware).capacity
        ),
    )


class _OneCase:
    """One setup in one case, as arrays of shape (1,)."""

    def __init__(self, scenario: Scenario, setup: Setup, asked: Asked, case: Case) -> None:
        self.trained, self.asked, self.case = scenario, asked, case
        served = student(scenario.profile, setup.student_share)
        self.scenario = replace(scenario, profile=served)
        self.setup = narrowed(
            scenario.profile,
            replace(setup, tensor_parallel=setup.tensor_parallel or 1),
            setup.student_share,
        )
        hardware, as_served = scenario.hardware, [served_setup(self.setup)]
        self.columns: SetupColumns = setup_columns(as_served, scenario.profile.dtype, hardware)
        self.where: Deployed = deployed(as_served, hardware, case)
        self.one: Floats = np.ones(1)

    def batches(self) -> dict[ExactPhase, _Figures]:
        """A model that is no decoder: one forward pass of the batch."""
        scenario, asked = self.scenario, self.asked
        table = operator_table(main_phase(scenario.profile))
        tokens = float(asked.prompt_tokens or 1)
        batch, tensor = self.one * asked.batch_size, self.where.layout.tensor
        load = Load(batch, self.one * tokens, self.one * tokens, tensor)
        took = phase_seconds(table, self.columns, load, scenario.hardware, self.case)
        payload = inference_payload_bytes(
            scenario.profile, table, self.columns, batch, tokens, None
        )
        held = allocated(payload / tensor, scenario.hardware, self.case)
        return {"inference": _Figures(float(took[0]), asked.batch_size, float(held[0]))}

    def decoder(self) -> dict[ExactPhase, _Figures]:
        asked, one = self.asked, self.one
        prompt, output = one * float(asked.prompt_tokens or 1), float(asked.output_tokens)
        batch, tensor = one * asked.batch_size, self.where.layout.tensor
        context = one * float(asked.context_tokens or asked.prompt_tokens or 1)
        running = self.where.running(self.scenario, self.columns, tensor, self.case)
        prefill = float(prefill_seconds(running, batch, prompt)[0])
        step = float(decode_seconds(running, batch, context)[0])
        mean = float(decode_seconds(running, batch, prompt + output / 2)[0])

        def held(longest: Floats, taken_in: Floats) -> float:
            payload = device_payload_bytes(
                self.scenario, self.columns, self.where, batch, taken_in, longest, tensor
            )
            return float(allocated(payload, self.scenario.hardware, self.case)[0])

        tokens = asked.batch_size * output
        return {
            "prefill": _Figures(prefill, asked.batch_size * float(prompt[0]), held(prompt, prompt)),
            "decode": _Figures(step, asked.batch_size, held(context, one)),
            "inference": _Figures(prefill + mean * output, tokens, held(prompt + output, prompt)),
        }

    def training_step(self) -> _Figures:
        workload, asked = self.trained.workload, self.asked
        training = replace(
            workload.training,
            batch_size=asked.training_batch_size,
            tokens_per_sample=asked.training_tokens,
        )
        scenario = replace(self.trained, workload=replace(workload, training=training))
        setup = for_training(replace(self.setup, engine=None))
        columns = setup_columns([setup], scenario.profile.dtype, scenario.hardware)
        trained = train(scenario, [setup], columns, self.case)
        used = trained.model_flops_utilisation[0], trained.hardware_flops_utilisation[0]
        done = asked.training_batch_size * float(asked.training_tokens or 1)
        return _Figures(
            float(trained.step_s[0]), done, float(trained.memory_bytes[0]),
            (float(used[0]), float(used[1])),
        )  # fmt: skip

    def at_load(self, requests_per_s: float) -> tuple[float, float, float, float]:
        """Utilisation, requests per second when full, wait, and time to first token."""
        asked, one = self.asked, self.one
        running = self.where.running(
            self.scenario, self.columns, self.where.layout.tensor, self.case
        )
        batch = one * asked.batch_size
        rhythm = steady_state(
            running, batch, one * float(asked.prompt_tokens or 1), one * float(asked.output_tokens)
        )
        full = float(batch[0] / rhythm.request_s[0])
        wait = float(mean_wait_s(one * requests_per_s, rhythm.request_s, batch, MIXED)[0])
        return requests_per_s / full, full, wait, wait + float(rhythm.first_token_s[0])


def _estimate(values: list[float]) -> Estimate | None:
    if not all(np.isfinite(values)):
        return None
    return Estimate(min(values), values[1], max(values))


def _bounded(seconds: Estimate | None, spread: Quantity, observed: bool) -> Estimate | None:
    """The engine's own error, where it was observed on this very hardware.

    Elsewhere the wider of that and what the hardware's figures leave open.
    """
    if seconds is None:
        return None
    middle = seconds.expected
    low, high = middle * spread.low, middle * spread.high
    if not observed:
        low, high = min(low, seconds.low), max(high, seconds.high)
    return Estimate(min(low, middle), middle, max(high, middle))


def _at_load(cases: list[tuple[float, float, float, float]]) -> AtLoad:
    used, full, wait, first = (_estimate(list(each)) for each in zip(*cases, strict=True))
    assert used is not None
    assert full is not None
    return AtLoad(used, full, wait, first)


def _phase_projection(
    scenario: Scenario, setup: Setup, phase: ExactPhase, cases: list[_Figures]
) -> PhaseProjection:
    training = phase == "training_step"
    model_parallel = (setup.tensor_parallel or 1) * setup.pipeline_parallel
    takes_tokens = scenario.profile.memory.query_tokens is not None
    tokens = scenario.profile.decoder is not None or (training and takes_tokens)
    engine = training_engine() if training else serving_of(setup)
    observed = scenario.hardware.id in engine.fitted_on
    apart = model_parallel > 1 and not is_linked(scenario.hardware)
    known = None if apart else _estimate([each.time_s for each in cases])
    seconds = _bounded(known, engine.spread, observed)
    done = cases[1].done
    used = [each.utilisation for each in cases if each.utilisation is not None]
    return PhaseProjection(
        time_s=seconds,
        throughput_per_s=(
            Estimate(done / seconds.high, done / seconds.expected, done / seconds.low)
            if seconds
            else None
        ),
        throughput_unit="tokens" if tokens else "samples",
        memory_bytes=_estimate([each.memory_bytes for each in cases]),
        accelerators=model_parallel * (setup.data_parallel if training else 1),
        model_flops_utilisation=_estimate([each[0] for each in used]) if used else None,
        hardware_flops_utilisation=_estimate([each[1] for each in used]) if used else None,
        missing=(None if seconds else f"no link between several {scenario.hardware.id} is known"),
    )
