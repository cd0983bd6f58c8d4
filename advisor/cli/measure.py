"""advisor measure: apply strategies for real and run the model with and without them."""

from __future__ import annotations

import math
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Any

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
from advisor.cli.command import Command
from advisor.errors import AdvisorError, ExitCode, UsageError
from advisor.export._indicators import as_document
from advisor.history import History
from advisor.measurement.certainty import circumstances, measured_texts
from advisor.measurement.comparison import MeasuredVariant
from advisor.measurement.process import run_measurement
from advisor.measurement.result import Measurement, MeasurementRequest, Run
from advisor.session import Session, open_session
from advisor.strategies.selection import parse_selection

DEFAULT_REPEATS = 30


def configure(parser: ArgumentParser) -> None:
    add_model(parser)
    add_scenario(parser)
    add_with(parser)
    parser.add_argument("--repeats", type=positive, default=DEFAULT_REPEATS, metavar="N")
    parser.add_argument("--device", metavar="NAME", help="cpu, cuda or cuda:1")
    parser.add_argument(
        "--again", action="store_true", help="measure even what the history holds already"
    )
    parser.add_argument(
        "--limit", type=seconds, metavar="SECONDS", help="end the measurement after so long"
    )
    add_json(parser)


def run(arguments: Namespace) -> int:
    chosen = parse_selection(arguments.chosen)
    with StderrProgress() as progress:
        session = open_session(model_request(arguments), options(arguments), progress, History())
        session.switches.select(chosen)
        lacking = session.lacking_for_measurement()
        if lacking:
            raise UsageError("cannot be measured on this machine: " + "; ".join(lacking))
        request = session.measurement_request(arguments.device, arguments.repeats)
        earlier = None if arguments.again else taken_before(session, request)
        measurement = earlier or run_measurement(request, progress, arguments.limit)
    print_calibration_note(session.calibration_note)
    compared = record(session, measurement, is_new=earlier is None)
    if arguments.json:
        rows = [as_document(row) for row in session.snapshot().indicators]
        print_json({**_document(compared, from_history=earlier is not None), "indicators": rows})
    else:
        _print(compared)
        if earlier is not None:
            print_text(f"found in the history of {earlier.taken_at}; --again measures anew")
        print_indicators(session.snapshot().indicators)
    return ExitCode.DONE


def seconds(text: str) -> float:
    """A span from the command line; ArgumentTypeError unless it is above 0 and finite."""
    value = float(text)
    if not 0 < value < math.inf:
        raise ArgumentTypeError(f"{text}: it must be above 0")
    return value


def taken_before(session: Session, request: MeasurementRequest) -> Measurement | None:
    """From the history; one that cannot be read is said, and the measurement is taken."""
    try:
        return session.taken_before(request)
    except AdvisorError as error:
        sys.stderr.write(f"advisor: the history is not used: {error}\n")
        return None


def record(session: Session, measurement: Measurement, *, is_new: bool) -> MeasuredVariant:
    """Keep it; a history that cannot be written is said and loses nothing else."""
    try:
        if is_new:
            return session.record(measurement)
    except AdvisorError as error:
        sys.stderr.write(f"advisor: not kept in the history: {error}\n")
    chosen = session.measurements.add(measurement)
    compared = session.measurements.compare(session.scenario, chosen)
    assert compared is not None
    return compared


def _document(compared: MeasuredVariant, *, from_history: bool) -> dict[str, Any]:
    found = compared.measurement
    told = {
        "quality_drop": found.quality_drop,
        "quality_is_noise": found.quality_is_noise,
        "worst_class": found.worst_class,
        "worst_class_drop": found.worst_class_drop,
        "latency_is_noise": found.latency_is_noise,
        "machine_is_too_noisy": found.machine_is_too_noisy,
    }
    return {**msgspec.to_builtins(compared), **told, "from_history": from_history}


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
    print_text("")
    for name, figure in measured_texts(found):
        print_text(f"{name}: {figure}")
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
    print_text(f"on {circumstances(found)}")


COMMAND = Command("measure", "apply strategies for real and measure them", configure, run)
