"""advisor explain: the manual of a strategy or a rule."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from advisor.advice.rule import rules
from advisor.cli._arguments import add_json
from advisor.cli._output import print_json, print_text
from advisor.cli.command import Command
from advisor.errors import ExitCode, UnknownNameError
from advisor.strategies.catalog import strategies


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("slug", metavar="SLUG", help="a strategy or a rule")
    add_json(parser)


def run(arguments: Namespace) -> int:
    manuals = {slug: strategy.manual for slug, strategy in strategies().items()}
    manuals |= {slug: rule.manual for slug, rule in rules().items()}
    if arguments.slug not in manuals:
        raise UnknownNameError("strategy or rule", arguments.slug, manuals)
    if arguments.json:
        print_json({"slug": arguments.slug, "manual": manuals[arguments.slug]})
    else:
        print_text(f"{arguments.slug}\n\n{manuals[arguments.slug]}")
    return ExitCode.DONE


COMMAND = Command("explain", "print the manual of a strategy or a rule", configure, run)
