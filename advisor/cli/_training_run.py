"""advisor measure --training: train with and without the strategies, and say what came of it."""

from __future__ import annotations

import sys
from argparse import Namespace

import msgspec

from advisor import units
from advisor.cli._arguments import model_request, options
from advisor.cli._output import StderrProgress, print_json, print_table, print_text
from advisor.errors import AdvisorError, ExitCode, UsageError
from advisor.history import History
from advisor.measurement.process import run_training
from advisor.measurement.training_comparison import ComparedTraining, compare_training
from advisor.measurement.training_result import MemoryCategory, TrainingRequest
from advisor.session import open_session
from advisor.strategies.selection import parse_selection

_HELD: tuple[MemoryCategory, ...] = ("parameters", "gradients", "optimizer", "activations")


def measure_training(arguments: Namespace) -> int:
    chosen = parse_selection(arguments.chosen)
    for choice in chosen:
        if "training" not in choice.strategy.phases:
            raise UsageError(f"--training: {choice.slug} changes no training step")
    history = History()
    with StderrProgress() as progress:
        session = open_session(model_request(arguments), options(arguments), progress, history)
        session.select(chosen)
        lacking = session.lacking_for_measurement()
        if lacking:
            raise UsageError("cannot be measured on this machine: " + "; ".join(lacking))
        asked = session.measurement_request(arguments.device)
        request = TrainingRequest(asked.model, asked.choices, arguments.steps, asked.device)
        measurement = run_training(request, progress)
    here = session.measurements.machine_hardware
    compared = compare_training(measurement, session.scenario, here)
    _keep(history, compared)
    if arguments.json:
        print_json(msgspec.to_builtins(compared))
    else:
        _print(compared)
    return ExitCode.DONE


def _keep(history: History, compared: ComparedTraining) -> None:
    """A history that cannot be written is said and loses nothing else."""
    projected = compared.variant.projected
    seconds = None if projected is None or projected.step_s is None else projected.step_s.expected
    try:
        history.add_training(compared.measurement, seconds)
    except AdvisorError as error:
        sys.stderr.write(f"advisor: not kept in the history: {error}\n")


def _print(compared: ComparedTraining) -> None:
    found = compared.measurement
    runs = (found.baseline, found.variant)
    sides = (compared.baseline, compared.variant)
    unit = "samples/s" if found.baseline.tokens_per_sample is None else "tokens/s"
    steps = [each.projected.step_s if each.projected else None for each in sides]
    held = [each.projected.memory_bytes if each.projected else None for each in sides]
    rows = [
        ("training step, median", *(units.seconds(run.step_s.median) for run in runs)),
        ("  projected", *(units.seconds(each.expected if each else None) for each in steps)),
        ("  error", *(units.percent(each.step_error, signed=True) for each in sides)),
        ("throughput", *(units.number(run.throughput_per_s, unit) for run in runs)),
        ("peak memory", *(units.memory(run.peak_memory_bytes) for run in runs)),
        ("  projected", *(units.memory(each) for each in held)),
        ("  error", *(units.percent(each.memory_error, signed=True) for each in sides)),
        *((f"  {name}", *(units.memory(run.memory_bytes[name]) for run in runs)) for name in _HELD),
        ("trained parameters", *(units.number(run.trained_parameters) for run in runs)),
        ("loss of the first step", *(f"{run.first_loss:.4f}" for run in runs)),
        ("loss of the last step", *(f"{run.last_loss:.4f}" for run in runs)),
    ]  # fmt: skip
    print_table(("", "baseline", "variant"), rows)
    ratio = found.variant.step_s.median / found.baseline.step_s.median
    print_text(
        f"\nthe step takes {ratio:.2f} times the baseline's; error of that ratio as projected: "
        f"{units.percent(compared.ratio_error, signed=True)}"
    )
    for note in found.notes:
        print_text(f"note: {note}")
    where = found.environment
    print_text(
        f"on {where.device_name}, torch {where.torch}, {where.threads} threads, "
        f"{found.variant.step_s.repeats} steps of {found.baseline.samples_per_step} samples"
    )
