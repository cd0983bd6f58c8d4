"""advisor MODEL: open the screen."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from advisor.cli._arguments import add_model, add_scenario, model_request, options
from advisor.cli._goal import add_goal, goal
from advisor.cli.command import Command


def configure(parser: ArgumentParser) -> None:
    add_model(parser)
    add_scenario(parser)
    add_goal(parser)


def run(arguments: Namespace) -> int:
    asked = replace(options(arguments), goal=goal(arguments))
    return int(arguments.open_screen(model_request(arguments), asked))


COMMAND = Command("open", "open the screen on a model; the same as `advisor MODEL`", configure, run)
