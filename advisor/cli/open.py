"""advisor MODEL: open the screen."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from advisor.cli._arguments import add_model, add_scenario, model_request, options
from advisor.cli.command import Command


def configure(parser: ArgumentParser) -> None:
    add_model(parser)
    add_scenario(parser)


def run(arguments: Namespace) -> int:
    return int(arguments.open_screen(model_request(arguments), options(arguments)))


COMMAND = Command("open", "open the screen on a model; the same as `advisor MODEL`", configure, run)
