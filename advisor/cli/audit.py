"""advisor audit: everything the screen says, as a file or on stdout."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from advisor.cli._arguments import add_model, add_scenario, add_with, model_request, options
from advisor.cli._output import StderrProgress, print_calibration_note, print_old_prices
from advisor.cli.command import Command
from advisor.errors import ExitCode, UsageError
from advisor.export.exporter import exporter_by_name, write_whole
from advisor.session import open_session
from advisor.strategies.selection import parse_selection


def configure(parser: ArgumentParser) -> None:
    add_model(parser)
    add_scenario(parser)
    add_with(parser)
    parser.add_argument(
        "--any-hardware",
        action="store_true",
        help="also the cheapest setup of all on every hardware that has a price",
    )
    parser.add_argument("--format", metavar="NAME", help="json or markdown (default: markdown)")
    parser.add_argument("--json", action="store_true", help="the same as --format json")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write here, not to stdout")
    parser.add_argument("--force", action="store_true", help="overwrite FILE")


def run(arguments: Namespace) -> int:
    if arguments.json and arguments.format not in (None, "json"):
        raise UsageError(f"--json and --format {arguments.format} ask for different formats")
    name = "json" if arguments.json else arguments.format or "markdown"
    exporter = exporter_by_name(name, "--format")
    chosen = parse_selection(arguments.chosen)
    with StderrProgress() as progress:
        session = open_session(model_request(arguments), options(arguments), progress)
        session.switches.select(chosen)
        audit = session.audit(any_hardware=arguments.any_hardware)
        content = exporter.render(audit)
    print_calibration_note(session.calibration_note)
    print_old_prices(audit.selected.bill)
    if arguments.output is None:
        sys.stdout.write(content.decode())
    else:
        write_whole(arguments.output, content, overwrite=arguments.force)
        sys.stderr.write(f"wrote {arguments.output}\n")
    return ExitCode.DONE


COMMAND = Command("audit", "profile, project and advise; print or write the plan", configure, run)
