"""Commands over a catalogue: all of it as a table, or one profile with its sources."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from advisor import units
from advisor.catalog.provenance import Figure, figures
from advisor.catalog.quantity import Quantity
from advisor.cli._arguments import add_json
from advisor.cli._output import print_json, print_table, print_text
from advisor.cli.command import Command
from advisor.errors import ExitCode, UnknownNameError

HEADER = ("key", "value", "as of", "confidence", "source")


def catalogue(
    name: str,
    kind: str,
    summary: str,
    header: Sequence[str],
    row: Callable[[Any], Sequence[str]],
    profiles: Callable[[], Mapping[str, Any]],
    text: Callable[[str], str] | None = None,
) -> Command:
    """`advisor NAME` lists the profiles, `advisor NAME ID` says where one's figures come from.

    `text` gives what is printed of one profile where its comments say more than its sources.
    """

    def configure(parser: ArgumentParser) -> None:
        parser.add_argument(
            "id", nargs="?", metavar="ID", help="show every figure of one, with its source"
        )
        add_json(parser)

    def run(arguments: Namespace) -> int:
        known = profiles()
        if arguments.id is None:
            everything = list(known.values())
            if arguments.json:
                print_json(everything)
            else:
                print_table(header, [row(each) for each in everything])
            return ExitCode.DONE
        if arguments.id not in known:
            raise UnknownNameError(kind, arguments.id, known, f"advisor {name}")
        if arguments.json:
            print_json(known[arguments.id])
        elif text is not None:
            print_text(text(arguments.id))
        else:
            print_table(HEADER, [_cells(each) for each in figures(known[arguments.id])])
        return ExitCode.DONE

    return Command(name, summary, configure, run)


def _cells(figure: Figure) -> tuple[str, ...]:
    source = figure.source
    if source is None:
        return (figure.key, _shown(figure.value), "", "", "")
    notes = f" ({source.notes})" if source.notes else ""
    shown = _shown(figure.value)
    return (figure.key, shown, source.as_of, source.confidence, source.text + notes)


def _shown(value: Quantity | float | str | bool | None) -> str:
    if isinstance(value, Quantity):
        if value.low == value.high:
            return _number(value.expected)
        return f"{_number(value.expected)} ({_number(value.low)} to {_number(value.high)})"
    if value is None:
        return units.UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    return f"{value:,.10g}"
