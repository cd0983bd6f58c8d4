"""advisor compare: what changed from one plan to another, and why."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from advisor import units
from advisor.cli._arguments import add_json
from advisor.cli._output import print_json, print_table, print_text
from advisor.cli.command import Command
from advisor.errors import ExitCode
from advisor.export.compare import Change, Comparison, compare
from advisor.export.plan_file import read_plan


def configure(parser: ArgumentParser) -> None:
    for name in ("one", "two"):
        parser.add_argument(
            name, type=Path, metavar="PLAN.json", help="what `advisor audit --json` wrote"
        )
    parser.add_argument(
        "--edited", action="store_true", help="take files that were changed by hand"
    )
    add_json(parser)


def run(arguments: Namespace) -> int:
    one, two = (read_plan(path, edited=arguments.edited) for path in (arguments.one, arguments.two))
    found = compare(one, two)
    if arguments.json:
        print_json(found)
    else:
        _print(found)
    return ExitCode.DONE


def _print(found: Comparison) -> None:
    before, after = found.before_usd, found.after_usd
    change = None if before is None or after is None else after - before
    print_text(
        f"after the plan: {units.usd(before)} → {units.usd(after)} a month "
        f"({units.delta_usd(change)})"
    )
    if not found.causes and not found.lines:
        print_text("nothing differs")
        return
    if found.causes:
        print_text("")
        print_table(("what differs", "", "first", "second"), [_row(each) for each in found.causes])
    for line in found.lines:
        print_text(
            f"\n{line.component}, {line.name}: {units.usd(line.before_usd)} → "
            f"{units.usd(line.after_usd)}"
        )
        for each in line.inputs:
            print_text(f"  {each.cause}: {each.name} {each.before} → {each.after}")


def _row(each: Change) -> tuple[str, str, str, str]:
    return each.cause, each.name, each.before or units.UNKNOWN, each.after or units.UNKNOWN


COMMAND = Command("compare", "say what changed from one plan to another, and why", configure, run)
