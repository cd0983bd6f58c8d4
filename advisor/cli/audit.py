"""advisor audit: everything the screen says, as a file or on stdout."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from advisor.cli._arguments import add_model, add_scenario, add_with, model_request, options
from advisor.cli._goal import add_goal, goal
from advisor.cli._history import recall
from advisor.cli._output import StderrProgress, print_calibration_note, print_old_prices
from advisor.cli._why_not import answer_why_not
from advisor.cli.command import Command
from advisor.errors import ExitCode, UsageError
from advisor.export.audit import Approval
from advisor.export.exporter import exporter_by_name, refuse_taken, write_whole
from advisor.history import History
from advisor.session import open_session
from advisor.strategies.selection import parse_selection


def configure(parser: ArgumentParser) -> None:
    add_model(parser)
    add_scenario(parser)
    add_with(parser)
    add_goal(parser)
    parser.add_argument(
        "--any-hardware",
        action="store_true",
        help="also the cheapest setup of all on every hardware that has a price",
    )
    parser.add_argument(
        "--front",
        action="store_true",
        help="also cost against quality at risk: the setups that no other beats in both",
    )
    parser.add_argument("--format", metavar="NAME", help="json or markdown (default: markdown)")
    parser.add_argument("--json", action="store_true", help="the same as --format json")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write here, not to stdout")
    parser.add_argument(
        "--approve", metavar="NAME", help="who agrees to the steps that need a sign-off"
    )
    parser.add_argument("--reason", metavar="TEXT", help="why, with --approve")
    parser.add_argument(
        "--why-not", metavar="SLUG", help="say why a strategy is not in the plan, and no more"
    )
    parser.add_argument("--force", action="store_true", help="overwrite FILE")


def run(arguments: Namespace) -> int:
    if arguments.json and arguments.format not in (None, "json"):
        raise UsageError(f"--json and --format {arguments.format} ask for different formats")
    name = "json" if arguments.json else arguments.format or "markdown"
    exporter = exporter_by_name(name, "--format")
    chosen = parse_selection(arguments.chosen)
    approval = _approval(arguments)
    asked = replace(options(arguments), goal=goal(arguments))
    if arguments.output is not None:
        refuse_taken(arguments.output, overwrite=arguments.force)
    if arguments.why_not is not None:
        return answer_why_not(arguments, asked)
    with StderrProgress() as progress:
        session = open_session(model_request(arguments), asked, progress, History())
        recall(session)
        session.select(chosen)
        found = session.audit(any_hardware=arguments.any_hardware, front=arguments.front)
        audit = replace(found, approval=approval)
        if approval and not audit.plan.unsigned:
            raise UsageError(f"--approve {approval.name}: no step of the plan needs a sign-off")
        content = exporter.render(audit)
    print_calibration_note(session.calibration_note)
    print_old_prices(audit.selected.bill)
    if arguments.output is None:
        sys.stdout.write(content.decode())
    else:
        write_whole(arguments.output, content, overwrite=arguments.force)
        sys.stderr.write(f"wrote {arguments.output}\n")
    return ExitCode.DONE


def _approval(arguments: Namespace) -> Approval | None:
    name, reason = arguments.approve, arguments.reason
    if name is None and reason is None:
        return None
    if not name or not reason:
        raise UsageError("--approve NAME and --reason TEXT are given together, neither empty")
    return Approval(name, reason)


COMMAND = Command("audit", "profile, project and advise; print or write the plan", configure, run)
