"""Commands that list a catalogue: a table, or the declarations as JSON."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import Any

from advisor.cli._arguments import add_json
from advisor.cli._output import print_json, print_table
from advisor.cli.command import Command
from advisor.errors import ExitCode


def listing(
    name: str,
    summary: str,
    header: Sequence[str],
    rows: Callable[[], Sequence[Sequence[str]]],
    document: Callable[[], Any],
) -> Command:
    """A command that prints `rows` under `header`, or `document` with --json."""

    def run(arguments: Namespace) -> int:
        if arguments.json:
            print_json(document())
        else:
            print_table(header, rows())
        return ExitCode.DONE

    return Command(name, summary, add_json, run)
