"""Measures one case of the GPU benchmark: `python -m tests.benchmarks.gpu_child RESULT`.

It imports what takes seconds, then waits for its order, one line on standard input, so that it
can be started while another case is being measured. What it found goes to the file RESULT.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import torch
import transformers

from advisor.measurement import device, measure_job, memory, timing, train_job
from advisor.measurement.failure import to_message
from advisor.measurement.result import MeasurementRequest
from advisor.measurement.timing import Stopwatch
from advisor.measurement.trainee import Trainee
from advisor.measurement.training_data import training_batches
from advisor.measurement.training_result import TrainingRequest
from advisor.measurement.variant import applied, load_on, same_as
from advisor.models.loaded import LoadedModel
from advisor.profiling.phases import decode_phase
from advisor.strategies.selection import parse_selection
from advisor.telemetry.reading import DeviceReading
from advisor.telemetry.sample import sample
from tests.benchmarks.gpu_found import Alone, DecodeMeasurement, Found, Order
from tests.benchmarks.gpu_models import DEVICE

TRAINING_STEPS = 10
LEARNING_RATE = 3e-4


class DecodeStep:
    """One token after the prompt; `undo` takes it out of the cache again."""

    def __init__(self, model: LoadedModel) -> None:
        with torch.no_grad():
            plan = decode_phase(model)
        if plan is None:
            raise ValueError(f"{model.reference} keeps no key-value cache")
        self._module = model.module
        self._inputs, self._keywords = plan.invocation.arguments

    def __call__(self) -> object:
        return self._module(*self._inputs, **self._keywords)

    def undo(self) -> None:
        self._keywords["past_key_values"].crop(-1)


@dataclass(frozen=True)
class StepStopwatch(Stopwatch):
    """Takes a token out of the cache after it was timed."""

    def time_s(self, forward: Callable[[], object]) -> float:
        seconds = super().time_s(forward)
        if isinstance(forward, DecodeStep):
            forward.undo()
        return seconds


def alone(order: Order, on: torch.device, before: tuple[DeviceReading, ...]) -> Alone:
    """Memory of the variant with nothing beside it; `before` was read before CUDA was touched."""
    model = applied(load_on(order.model, on), parse_selection(",".join(order.choices)))
    module, run = model.module, _run(order, model, on)
    with torch.set_grad_enabled(order.kind == "training"):
        StepStopwatch(on).time_s(run)
        StepStopwatch(on).time_s(run)
        # A training step also keeps its optimizer's states: `train_job` adds those up.
        peak = None if order.kind == "training" else memory.peak_bytes(module, run, on)
    return Alone(peak, _grown(on, before))


def _run(order: Order, model: LoadedModel, on: torch.device) -> Callable[[], object]:
    if order.kind == "training":
        return Trainee(model, training_batches(model, on), LEARNING_RATE).step
    if order.kind == "decode":
        return DecodeStep(model)
    keywords: dict[str, Any] = dict(model.keyword_inputs)
    return lambda: model.module(*model.inputs, **keywords)


def _grown(on: torch.device, before: tuple[DeviceReading, ...]) -> int | None:
    now = device.reading(on)
    if now is None or now.memory_used_bytes is None:
        return None
    then = next((each.memory_used_bytes for each in before if each.uuid == now.uuid), None)
    return None if then is None else now.memory_used_bytes - then


def decode(order: Order, on: torch.device) -> DecodeMeasurement:
    first = load_on(order.model, on)
    again = same_as(first, load_on(order.model, on))
    stopwatch = StepStopwatch(on)
    one = DecodeStep(first)
    two = DecodeStep(applied(again, parse_selection(",".join(order.choices))))
    with torch.no_grad():
        timing.warm_up(stopwatch, one)
        timing.warm_up(stopwatch, two)
        timed = timing.time_in_turn(stopwatch, one, two, order.repeats, _silent)
        joules = [
            device.energy_j(stopwatch, step, spread.median)
            for step, spread in ((one, timed.before), (two, timed.after))
        ]
    return DecodeMeasurement(timed.before, timed.after, timed.ratio, *joules)


def measure(order: Order, before: tuple[DeviceReading, ...]) -> Found:
    started = time.perf_counter()
    on = device.find(order.device)
    by_itself = alone(order, on, before)
    gc.collect()
    if on.type == "cuda":
        torch.cuda.empty_cache()
    found = _measured(order, on)
    return replace(found, alone=by_itself, elapsed_s=time.perf_counter() - started)


def _measured(order: Order, on: torch.device) -> Found:
    if order.kind == "decode":
        return Found(decode=decode(order, on))
    if order.kind == "training":
        wanted = TrainingRequest(
            order.model, order.choices, TRAINING_STEPS, order.device, LEARNING_RATE
        )
        return Found(training=train_job.run(wanted, _silent).measurement)
    asked = MeasurementRequest(order.model, order.choices, order.repeats, order.device)
    return Found(forward=measure_job.run(asked, _silent).measurement)


def _silent(text: str, fraction: float) -> None:
    del text, fraction


def main() -> None:
    transformers.logging.set_verbosity_error()
    line = sys.stdin.readline()
    started = time.perf_counter()
    before = sample().devices  # before anything of this process is on the device
    try:
        order = msgspec.json.decode(line, type=Order)
        os.environ[DEVICE] = order.device
        found = measure(order, before)
    except Exception as error:  # noqa: BLE001 - the process boundary: all of it becomes the row's cause
        failed = to_message(error)
        found = Found(cause=failed.message, elapsed_s=time.perf_counter() - started)
    Path(sys.argv[1]).write_bytes(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
