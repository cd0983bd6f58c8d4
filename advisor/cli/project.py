"""advisor project: time, throughput, memory and cost of exactly what is asked for."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

import msgspec

from advisor import units
from advisor.catalog import load
from advisor.cli._arguments import (
    add_json,
    add_reference,
    add_scenario,
    add_with,
    options,
)
from advisor.cli._asking import answer, check
from advisor.cli._bill import print_lines
from advisor.cli._bulk import Profiles, answers, read_lines, request_of
from advisor.cli._exact_options import add_exact, exact_options
from advisor.cli._indicators import print_indicators
from advisor.cli._output import (
    StderrProgress,
    print_json,
    print_old_prices,
    print_table,
    print_text,
)
from advisor.cli._phases_table import print_phases, ranged
from advisor.cli.command import Command
from advisor.errors import ExitCode, UsageError
from advisor.export._indicators import as_document
from advisor.projection.result import COMPONENT_TITLES, COMPONENTS, Projection
from advisor.projection.shortfall import fits, shortfall, verdict
from advisor.session import open_session
from advisor.strategies.selection import parse_selection


def configure(parser: ArgumentParser) -> None:
    add_reference(parser, optional=True)
    add_scenario(parser)
    add_with(parser)
    add_exact(parser)
    parser.add_argument(
        "--requests",
        metavar="FILE",
        help="answer a request a line (JSON objects of these options, `model` among them), "
        "a result a line; - reads standard input",
    )
    add_json(parser)
    parser.add_argument(
        "--lines",
        action="store_true",
        help="print every line item of the bill with its formula and where its inputs come from",
    )


def run(arguments: Namespace) -> int:
    if arguments.requests is not None:
        return _answer_all(arguments)
    if arguments.model is None:
        raise UsageError("name a MODEL, or a file of requests with --requests")
    request = request_of(exact_options(arguments))
    check(request)
    chosen = parse_selection(arguments.chosen)
    with StderrProgress() as progress:
        session = open_session(request.model_request, options(arguments), progress)
    session.select(chosen)
    found = answer(request, session.scenario.profile)
    snapshot = session.snapshot()
    if arguments.json:
        print_json(
            {
                **msgspec.to_builtins(found),
                "before": snapshot.before,
                "after": snapshot.selected,
                "indicators": [as_document(row) for row in snapshot.indicators],
            }
        )
    else:
        print_phases(found)
        print_text("")
        _print(snapshot.before, snapshot.selected)
        print_indicators(snapshot.indicators)
        if arguments.lines:
            print_lines(snapshot.selected.bill)
        if snapshot.selected.broken_constraints:
            ranked = fits(session.scenario, snapshot.selected.setup, load.hardware().values())
            print_text(f"not met: {verdict(ranked)}")
    print_old_prices(snapshot.selected.bill)
    return ExitCode.DONE


def _answer_all(arguments: Namespace) -> int:
    if arguments.model is not None:
        raise UsageError(
            f"MODEL {arguments.model} and --requests {arguments.requests}: each request names its "
            "own model"
        )
    with StderrProgress() as progress:
        lines = read_lines(arguments.requests)
        for line in answers(lines, Profiles(progress), arguments.requests):
            sys.stdout.write(line.decode() + "\n")
            sys.stdout.flush()
    return ExitCode.DONE


def _print(before: Projection, after: Projection) -> None:
    both = (before, after)
    rows = [
        ("latency", *(ranged(each.latency_s, units.seconds) for each in both)),
        ("wait at the peak", *(ranged(each.queue_wait_s, units.seconds) for each in both)),
        ("memory, serving", *(ranged(each.inference_memory_bytes, units.memory) for each in both)),
        ("training step", *(ranged(each.training_step_s, units.seconds) for each in both)),
        ("memory, training", *(ranged(each.training_memory_bytes, units.memory) for each in both)),
        ("accelerators", *(ranged(each.serving_accelerators, units.number) for each in both)),
        ("quality lost", *(ranged(each.quality_drop, units.percent) for each in both)),
    ]  # fmt: skip
    for component in COMPONENTS:
        cells = (ranged(each.bill.total(component), units.usd) for each in both)
        rows.append((f"{COMPONENT_TITLES[component]}, a month", *cells))
    rows.append(("total, a month", *(ranged(each.bill.total(), units.usd) for each in both)))
    print_table(("", "before", "after"), rows)
    for missing in after.bill.missing:
        print_text(f"at least: {missing}")
    for limit in after.broken_constraints:
        print_text(f"not met: {shortfall(limit)}")
    for line in after.basis:
        print_text(f"basis: {line}")


COMMAND = Command("project", "project time, memory and cost of a setup", configure, run)
