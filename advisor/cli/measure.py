"""advisor measure: apply strategies for real and run the model with and without them."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

import msgspec

from advisor import units
from advisor.cli._arguments import (
    add_json,
    add_model,
    add_scenario,
    add_with,
    model_request,
    options,
    positive,
)
from advisor.cli._indicators import print_indicators
from advisor.cli._output import (
    StderrProgress,
    print_calibration_note,
    print_json,
    print_table,
    print_text,
)
from advisor.cli._training_run import measure_training
from advisor.cli.command import Command
from advisor.errors import AdvisorError, ExitCode, UsageError
from advisor.export._indicators import as_document
from advisor.history import History
from advisor.measurement.comparison import MeasuredVariant
from advisor.measurement.process import run_measurement
from advisor.measurement.result import Measurement, Run
from advisor.session import Session, open_session
from advisor.strategies.selection import parse_selection

DEFAULT_REPEATS = 30
DEFAULT_STEPS = 20


def configure(parser: ArgumentParser) -> None:
    add_model(parser)
    add_scenario(parser)
    add_with(parser)
    parser.add_argument("--repeats", type=positive, default=DEFAULT_REPEATS, metavar="N")
    parser.add_argument(
        "--training",
        action="store_true",
        help="train instead: step time, memory by category and loss, both in turn",
    )
    parser.add_argument("--steps", type=positive, default=DEFAULT_STEPS, metavar="N")
    parser.add_argument("--device", metavar="NAME", help="cpu, cuda or cuda:1")
    add_json(parser)


def run(arguments: Namespace) -> int:
    if arguments.training:
        return measure_training(arguments)
    chosen = parse_selection(arguments.chosen)
    with StderrProgress() as progress:
        session = open_session(model_request(arguments), options(arguments), progress, History())
        session.switches.select(chosen)
        lacking = session.lacking_for_measurement()
        if lacking:
            raise UsageError("cannot be measured on this machine: " + "; ".join(lacking))
        request = session.measurement_request(arguments.device, arguments.repeats)
        measurement = run_measurement(request, progress)
    print_calibration_note(session.calibration_note)
    compared = _record(session, measurement)
    if arguments.json:
        rows = [as_document(row) for row in session.snapshot().indicators]
        print_json({**msgspec.to_builtins(compared), "indicators": rows})
    else:
        _print(compared)
        print_indicators(session.snapshot().indicators)
    return ExitCode.DONE


def _record(session: Session, measurement: Measurement) -> MeasuredVariant:
    """Keep it; a history that cannot be written is said and loses nothing else."""
    try:
        return session.record(measurement)
    except AdvisorError as error:
        sys.stderr.write(f"advisor: not kept in the history: {error}\n")
    compared = session.measurements.compare(session.scenario, session.chosen)
    assert compared is not None
    return compared


def _quality(run: Run) -> str:
    quality = run.quality
    return units.UNKNOWN if quality is None else f"{quality.metric} {quality.value:.4g}"


def _print(compared: MeasuredVariant) -> None:
    found = compared.measurement
    runs = (found.baseline, found.variant)
    print_table(
        ("", "baseline", "variant"),
        [
            ("latency, median", *(units.seconds(run.latency_s.median) for run in runs)),
            ("latency, p95", *(units.seconds(run.latency_s.p95) for run in runs)),
            ("throughput", *(units.number(run.throughput_per_s, "/s") for run in runs)),
            ("peak memory", *(units.memory(run.peak_memory_bytes) for run in runs)),
            ("size", *(units.memory(run.size_bytes) for run in runs)),
            ("quality", *(_quality(run) for run in runs)),
        ],
    )
    if found.quality_drop is not None:
        print_text(f"\nquality lost: {units.percent(found.quality_drop, digits=2)}")
    if found.worst_class_drop is not None:
        print_text(f"worst class lost: {units.percent(found.worst_class_drop, digits=2)}")
    if found.fidelity is not None:
        values = (f"{name} {value:.4g}" for name, value in found.fidelity.values.items())
        print_text(f"against the baseline, {found.fidelity.samples} samples: {', '.join(values)}")
    projected = compared.projected_s
    print_text(
        f"projected: {units.seconds(projected.expected if projected else None)}, error "
        f"{units.percent(compared.latency_error, signed=True)}"
    )
    for note in found.notes:
        print_text(f"note: {note}")
    where = found.environment
    print_text(
        f"on {where.device_name}, torch {where.torch}, {where.threads} threads, "
        f"{found.variant.latency_s.repeats} repeats"
    )


COMMAND = Command("measure", "apply strategies for real and measure them", configure, run)
