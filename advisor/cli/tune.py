"""advisor tune: find, by measuring, the strongest level of a strategy that keeps the floor."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
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
from advisor.cli._measuring import add_measuring, measured
from advisor.cli._output import StderrProgress, print_json, print_table, print_text
from advisor.cli.command import Command
from advisor.errors import ExitCode
from advisor.history import History
from advisor.measurement.result import Measurement
from advisor.measurement.tuning import Tried, Tuned, levels_by_strength, tune
from advisor.session import open_session
from advisor.strategies.selection import Choice, parse_selection, selection


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

        tuned = tune(choices, floor, measure)
    if arguments.json:
        print_json(_document(tuned, floor))
    else:
        _print(tuned, floor)
    return ExitCode.DONE


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
