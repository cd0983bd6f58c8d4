"""advisor project: what a setup would cost."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from advisor import units
from advisor.cli._arguments import (
    add_json,
    add_model,
    add_scenario,
    add_with,
    model_request,
    options,
)
from advisor.cli._output import StderrProgress, print_json, print_table, print_text
from advisor.cli.command import Command
from advisor.errors import ExitCode
from advisor.projection.result import COMPONENT_TITLES, COMPONENTS, Estimate, Projection
from advisor.session import open_session
from advisor.strategies.selection import parse_selection


def configure(parser: ArgumentParser) -> None:
    add_model(parser)
    add_scenario(parser)
    add_with(parser)
    add_json(parser)


def run(arguments: Namespace) -> int:
    chosen = parse_selection(arguments.chosen)
    with StderrProgress() as progress:
        session = open_session(model_request(arguments), options(arguments), progress)
    session.switches.select(chosen)
    snapshot = session.snapshot()
    if arguments.json:
        print_json({"before": snapshot.before, "after": snapshot.selected})
    else:
        _print(snapshot.before, snapshot.selected)
    return ExitCode.DONE


def _range(estimate: Estimate | None, show: object) -> str:
    assert callable(show)
    if estimate is None:
        return units.UNKNOWN
    return f"{show(estimate.expected)} ({show(estimate.low)} to {show(estimate.high)})"


def _print(before: Projection, after: Projection) -> None:
    both = (before, after)
    rows = [
        ("latency", *(_range(each.latency_s, units.seconds) for each in both)),
        ("memory, serving", *(_range(each.inference_memory_bytes, units.memory) for each in both)),
        ("training step", *(_range(each.training_step_s, units.seconds) for each in both)),
        ("memory, training", *(_range(each.training_memory_bytes, units.memory) for each in both)),
        ("accelerators", *(_range(each.serving_accelerators, units.number) for each in both)),
        ("quality lost", *(_range(each.quality_drop, units.percent) for each in both)),
    ]  # fmt: skip
    for component in COMPONENTS:
        cells = (_range(each.bill.total(component), units.usd) for each in both)
        rows.append((f"{COMPONENT_TITLES[component]}, a month", *cells))
    rows.append(("total, a month", *(_range(each.bill.total(), units.usd) for each in both)))
    print_table(("", "before", "after"), rows)
    for missing in after.bill.missing:
        print_text(f"at least: {missing}")
    for limit in after.broken_constraints:
        print_text(f"not met: {limit.name}")
    for line in after.basis:
        print_text(f"basis: {line}")


COMMAND = Command("project", "project time, memory and cost of a setup", configure, run)
