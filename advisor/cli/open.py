"""advisor MODEL: open the screen."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from advisor.cli._arguments import add_model, add_scenario, model_request, options
from advisor.cli._goal import add_goal, asked_goal
from advisor.cli.command import Command


def configure(parser: ArgumentParser) -> None:
    add_model(parser, optional=True)
    add_scenario(parser)
    add_goal(parser)
    group = parser.add_argument_group("screen, over what screen.toml says")
    group.add_argument("--theme", metavar="NAME", help="textual-dark, textual-light, ansi-dark, …")
    group.add_argument("--ascii", action="store_true", help="no character beyond ASCII")
    group.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    group.add_argument("--reduced-motion", action="store_true", help="nothing blinks or slides")


def run(arguments: Namespace) -> int:
    request = None if arguments.model is None else model_request(arguments)
    asked = replace(options(arguments), goal=asked_goal(arguments))
    return int(arguments.open_screen(request, asked, _settings(arguments)))


def _settings(arguments: Namespace) -> dict[str, str | bool]:
    """Those that were given, named as in screen.toml."""
    given: dict[str, tuple[bool, str | bool]] = {
        "theme": (arguments.theme is not None, arguments.theme),
        "ascii": (arguments.ascii, True),
        "mouse": (arguments.no_mouse, False),
        "reduced_motion": (arguments.reduced_motion, True),
    }
    return {name: value for name, (is_given, value) in given.items() if is_given}


COMMAND = Command("open", "open the screen on a model; the same as `advisor MODEL`", configure, run)
