"""The phases of an exact projection as a table."""

from __future__ import annotations

from collections.abc import Callable

from advisor import units
from advisor.cli._asking import Answer
from advisor.cli._output import print_table, print_text
from advisor.projection.exact_result import PhaseProjection
from advisor.projection.result import Estimate

Show = Callable[[float | None], str]


def ranged(estimate: Estimate | None, show: Show) -> str:
    """The expected figure and its bounds, or that it is not known."""
    if estimate is None:
        return units.UNKNOWN
    return f"{show(estimate.expected)} ({show(estimate.low)} to {show(estimate.high)})"


def print_phases(found: Answer) -> None:
    """A row for each phase, then what the figures are of and stand on."""
    rows = [
        (
            name.replace("_", " "),
            ranged(phase.time_s, units.seconds),
            ranged(phase.throughput_per_s, _per_second(phase)),
            ranged(phase.memory_bytes, units.memory),
            str(phase.accelerators),
        )
        for name, phase in found.phases.items()
    ]
    print_table(("phase", "time", "throughput", "memory, each", "accelerators"), rows)
    asked = found.asked
    print_text(f"of: {_sizes(found)}")
    training = found.phases.get("training_step")
    if training is not None and training.model_flops_utilisation is not None:
        print_text(
            f"training: {asked.training_batch_size} samples a step, model FLOPs utilisation "
            f"{ranged(training.model_flops_utilisation, units.percent)}, hardware "
            f"{ranged(training.hardware_flops_utilisation, units.percent)}"
        )
    load = found.at_load
    if load is not None:
        print_text(
            f"at {asked.requests_per_s:g} requests/s: "
            f"{ranged(load.utilisation, units.percent)} busy, "
            f"wait {ranged(load.wait_s, units.seconds)}, first token "
            f"{ranged(load.time_to_first_token_s, units.seconds)}"
        )
    for phase in found.phases.values():
        if phase.missing is not None:
            print_text(f"not known: {phase.missing}")
    for name, fits in found.fits.items():
        if fits is False:
            print_text(f"does not fit: {name.replace('_', ' ')}")
    for line in found.basis:
        print_text(f"basis: {line}")


def _per_second(phase: PhaseProjection) -> Show:
    return lambda value: units.number(value, f"{phase.throughput_unit}/s")


def _sizes(found: Answer) -> str:
    asked = found.asked
    parts = [f"batch {asked.batch_size}"]
    if asked.prompt_tokens is not None:
        parts.append(f"prompt {asked.prompt_tokens}")
    if asked.context_tokens is not None:
        parts += [f"context {asked.context_tokens}", f"output {asked.output_tokens}"]
    if found.engine is not None:
        parts.append(f"engine {found.engine}")
    return ", ".join(parts) + f", on {found.hardware}"
