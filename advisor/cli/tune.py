"""advisor tune: find, by measuring, the strongest level of a strategy that keeps the floor."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from typing import Any

from advisor import units
from advisor.catalog.workload import Quality
from advisor.cli._arguments import (
    add_json,
    add_model,
    add_scenario,
    add_with,
    model_request,
    options,
)
from advisor.cli._history import from_history, keep
from advisor.cli._measuring import add_measuring, measured, seconds
from advisor.cli._output import StderrProgress, print_json, print_table, print_text
from advisor.cli.command import Command
from advisor.errors import ExitCode, StrategyError
from advisor.history import History
from advisor.measurement.process import run_sensitivity
from advisor.measurement.progress import Report
from advisor.measurement.result import Measurement
from advisor.measurement.sensitivity import Sensitivity, SensitivityRequest
from advisor.measurement.tuning import Tried, Tuned, first_to_try, levels_by_strength, tune
from advisor.session import Session, open_session
from advisor.strategies.selection import Choice, parse_selection, selection

LAYER_BY_LAYER = frozenset({"pruning", "quantization"})
MOST_LAYERS = 10
"""Shown; the most sensitive come first."""


def configure(parser: ArgumentParser) -> None:
    add_model(parser)
    add_scenario(parser)
    parser.add_argument("--strategy", required=True, metavar="SLUG", help="the one to tune")
    parser.add_argument("--parameter", metavar="NAME", help="of it; the first where none is named")
    parser.add_argument(
        "--quality-floor", type=share, metavar="SHARE",
        help="of the metric that may be lost: 0.01; the workload's where it is not given",
    )  # fmt: skip
    parser.add_argument(
        "--class-floor", type=share, metavar="SHARE", help="the same for the worst class"
    )
    parser.add_argument(
        "--no-layers", action="store_true", help="do not score layer by layer before"
    )
    parser.add_argument(
        "--layers-limit", type=seconds, default=60.0, metavar="SECONDS",
        help="what scoring layer by layer may take",
    )  # fmt: skip
    add_with(parser)
    add_measuring(parser)
    add_json(parser)


def share(text: str) -> float:
    """From 0 to 1; ArgumentTypeError beyond."""
    value = float(text)
    if not 0 <= value <= 1:
        raise ArgumentTypeError(f"{text}: it must be from 0 to 1")
    return value


def run(arguments: Namespace) -> int:
    choices = levels_by_strength(arguments.strategy, arguments.parameter, "--strategy")
    beside = parse_selection(arguments.chosen)
    with StderrProgress() as progress:
        session = open_session(model_request(arguments), options(arguments), progress, History())
        floor = _floor(session.scenario.workload.quality, arguments)

        def measure(choice: Choice) -> Measurement:
            chosen = selection((*beside, choice))
            return measured(session, chosen, arguments, progress).compared.measurement

        layers = None if arguments.no_layers else _layers(session, choices, arguments, progress)
        keeps = None if layers is None else layers.together <= floor.max_drop
        tuned = tune(choices, floor, measure, first_to_try(len(choices), keeps))
    if arguments.json:
        print_json({**_document(tuned, floor), "layers": layers})
    else:
        _print_layers(layers)
        _print(tuned, floor)
    return ExitCode.DONE


def _layers(
    session: Session, choices: Sequence[Choice], arguments: Namespace, on_progress: Report
) -> Sensitivity | None:
    """Each layer alone at the middle level; None where no layer can be changed alone."""
    if choices[0].strategy.family not in LAYER_BY_LAYER:
        return None
    device = session.measurement_request(arguments.device).device
    middle = str(choices[len(choices) // 2])
    request = SensitivityRequest(session.request, middle, device, arguments.layers_limit)
    if not arguments.again:
        earlier = from_history(lambda: session.scored_before(request))
        if earlier is not None:
            return earlier
    try:
        found = run_sensitivity(request, on_progress, arguments.limit)
    except StrategyError as error:
        sys.stderr.write(f"advisor: layers are not scored one by one: {error}\n")
        return None
    keep(lambda: session.record_scores(found))
    return found


def _print_layers(found: Sensitivity | None) -> None:
    """The layers that lose most; all are in the document."""
    if found is None:
        return
    rows = [
        (each.path, units.percent(each.quality_drop, signed=True, digits=2))
        for each in found.layers[:MOST_LAYERS]
    ]
    print_table((f"{found.request.choice} on one layer", f"{found.metric} lost"), rows)
    more = len(found.layers) - len(rows)
    said = [f"{more} more lose less"] if more else []
    said += [f"{found.left} were not reached in time (--layers-limit)"] if found.left else []
    together = f"all together, added up: {units.percent(found.together, digits=2)}"
    print_text("; ".join([together, *said]) + "\n")


def _floor(usual: Quality, arguments: Namespace) -> Quality:
    """What was named; a floor that was named without one for classes has none for them."""
    asked, of_class = arguments.quality_floor, arguments.class_floor
    if asked is None and of_class is None:
        return usual
    return Quality(usual.max_drop if asked is None else asked, of_class)


def _print(tuned: Tuned, floor: Quality) -> None:
    rows = [_row(each) for each in tuned.tried]
    print_table(("measured", "quality lost", "worst class", "latency", "floor"), rows)
    limits = units.percent(floor.max_drop, digits=2)
    if floor.max_worst_class_drop is not None:
        limits += f", worst class {units.percent(floor.max_worst_class_drop, digits=2)}"
    found = "no level" if tuned.strongest is None else str(tuned.strongest)
    print_text(f"\nstrongest within the floor ({limits}): {found}")
    print_text("each measurement is in the history: the same command goes on where it ended")


def _row(tried: Tried) -> tuple[str, ...]:
    found = tried.measurement
    lost = units.percent(found.quality_drop, digits=2)
    return (
        str(tried.choice),
        f"{lost}, within noise" if found.quality_is_noise else lost,
        units.percent(found.worst_class_drop, digits=2),
        units.seconds(found.variant.latency_s.median),
        "kept" if tried.keeps_floor else "broken",
    )


def _document(tuned: Tuned, floor: Quality) -> dict[str, Any]:
    return {
        "strongest": None if tuned.strongest is None else str(tuned.strongest),
        "floor": floor,
        "tried": [
            {
                "strategy": str(each.choice),
                "keeps_floor": each.keeps_floor,
                "quality_drop": each.measurement.quality_drop,
                "quality_is_noise": each.measurement.quality_is_noise,
                "worst_class_drop": each.measurement.worst_class_drop,
                "latency_s": each.measurement.variant.latency_s.median,
            }
            for each in tuned.tried
        ],
    }


COMMAND = Command("tune", "find the strongest level that keeps the quality floor", configure, run)
