"""advisor measure: apply strategies for real and run the model with and without them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

import msgspec

from advisor import units
from advisor.cli._ablation import ablate, document_of, print_ablation
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
from advisor.cli._measuring import add_measuring, measured
from advisor.cli._output import (
    StderrProgress,
    print_calibration_note,
    print_json,
    print_table,
    print_text,
)
from advisor.cli._training_run import add_distributed, measure_training
from advisor.cli.command import Command
from advisor.errors import ExitCode
from advisor.export._indicators import as_document
from advisor.history import History
from advisor.measurement.certainty import circumstances, measured_texts
from advisor.measurement.comparison import MeasuredVariant
from advisor.measurement.result import Run
from advisor.session import open_session
from advisor.session_training import DEFAULT_STEPS
from advisor.strategies.selection import parse_selection


def configure(parser: ArgumentParser) -> None:
    add_model(parser)
    add_scenario(parser)
    add_with(parser)
    add_measuring(parser)
    parser.add_argument(
        "--ablate",
        action="store_true",
        help="measure each strategy alone and the combination without it too",
    )
    parser.add_argument(
        "--training",
        action="store_true",
        help="train instead: step time, memory by category and loss, both in turn",
    )
    parser.add_argument("--steps", type=positive, default=DEFAULT_STEPS, metavar="N")
    add_distributed(parser)
    add_json(parser)


def run(arguments: Namespace) -> int:
    if arguments.training:
        return measure_training(arguments)
    chosen = parse_selection(arguments.chosen)
    with StderrProgress() as progress:
        session = open_session(model_request(arguments), options(arguments), progress, History())
        found = measured(session, chosen, arguments, progress)
        ablated = ablate(session, chosen, arguments, progress) if arguments.ablate else None
        session.select(chosen)
    print_calibration_note(session.calibration_note)
    rows = session.snapshot().indicators
    if arguments.json:
        told: dict[str, Any] = {"indicators": [as_document(row) for row in rows]}
        told |= {"ablation": document_of(ablated)} if ablated is not None else {}
        print_json({**_document(found.compared, from_history=found.from_history), **told})
        return ExitCode.DONE
    _print(found.compared)
    if found.from_history:
        taken_at = found.compared.measurement.taken_at
        print_text(f"found in the history of {taken_at}; --again measures anew")
    if ablated is not None:
        print_ablation(ablated)
    print_indicators(rows)
    return ExitCode.DONE


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
