"""advisor recheck: whether a plan still holds, for a person, for cron and for CI."""

from __future__ import annotations

import shlex
import sys
from argparse import ArgumentError, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from advisor import units
from advisor.cli import audit
from advisor.cli._arguments import add_json, model_request, options
from advisor.cli._goal import goal
from advisor.cli._history import recall
from advisor.cli._output import StderrProgress, print_json, print_text
from advisor.cli.command import Command
from advisor.errors import ExitCode, UsageError
from advisor.export._document import Document
from advisor.export._fill import fill
from advisor.export.plan_file import read_plan
from advisor.export.recheck import State, Verdict, recheck
from advisor.history import History
from advisor.measurement.process import run_measurement
from advisor.session import Session, open_session
from advisor.strategies.selection import Selection, parse_selection

TOLERANCE = 0.1
WORDS: Mapping[State, str] = {
    "holds": "holds",
    "drifted": "has drifted",
    "broken": "is broken",
}
EXIT_CODES: Mapping[State, ExitCode] = {
    "holds": ExitCode.DONE,
    "drifted": ExitCode.PLAN_DRIFTED,
    "broken": ExitCode.PLAN_BROKEN,
}


def configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "plan", type=Path, metavar="PLAN.json", help="what `advisor audit --json` wrote"
    )
    parser.add_argument(
        "--tolerance", type=share, default=TOLERANCE, metavar="SHARE",
        help=f"how much of the saving may be lost: 0.1 or 10%% (default: {TOLERANCE:g})",
    )  # fmt: skip
    parser.add_argument(
        "--measure", action="store_true", help="apply the steps and measure what they promised"
    )
    parser.add_argument("--model", metavar="MODEL", help="where the model has moved to")
    parser.add_argument("--edited", action="store_true", help="take a file changed by hand")
    add_json(parser)


def share(text: str) -> float:
    """A share from the command line, as 0.1 or 10%; ArgumentTypeError outside 0 to 1."""
    value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    if not 0 <= value <= 1:
        raise ArgumentTypeError(f"{text}: it must be from 0 to 1 (or 0% to 100%)")
    return value


def run(arguments: Namespace) -> int:
    plan = read_plan(arguments.plan, edited=arguments.edited)
    asked = _asked(plan, arguments.plan)
    asked.model = arguments.model or asked.model
    with StderrProgress() as progress:
        given = replace(options(asked), goal=goal(asked))
        session = open_session(model_request(asked), given, progress, History())
        recall(session)
        session.select(_steps(plan, arguments.plan))
        if arguments.measure:
            _measure(session, progress)
        verdict = recheck(plan, fill(session.audit()), arguments.tolerance)
    if arguments.json:
        print_json(verdict)
    else:
        _print(verdict)
    return EXIT_CODES[verdict.state]


def _asked(plan: Document, path: Path) -> Namespace:
    """The plan's own command line, read as it was then."""
    parser = ArgumentParser(exit_on_error=False)
    audit.configure(parser)
    words = shlex.split(plan.command_line)[2:]
    try:
        return parser.parse_args(words)
    except ArgumentError as error:
        raise UsageError(f"{path}: its command line {plan.command_line!r}: {error}") from error


def _steps(plan: Document, path: Path) -> Selection:
    return parse_selection(",".join(step.strategy for step in plan.steps), str(path))


def _measure(session: Session, progress: StderrProgress) -> None:
    lacking = session.lacking_for_measurement()
    if lacking:
        raise UsageError("cannot be measured on this machine: " + "; ".join(lacking))
    request = session.measurement_request()
    if not request.choices:
        sys.stderr.write("advisor: no step of the plan is done to the model: nothing to measure\n")
        return
    session.record(run_measurement(request, progress))


def _print(verdict: Verdict) -> None:
    promised, today = verdict.promised_usd_per_month, verdict.today_usd_per_month
    print_text(
        f"the plan {WORDS[verdict.state]}: promised {units.usd(promised)} a month, today "
        f"{units.usd(today)}"
    )
    for reason in verdict.reasons:
        print_text(f"- {reason.text}")


COMMAND = Command("recheck", "load the model again and say whether a plan holds", configure, run)
