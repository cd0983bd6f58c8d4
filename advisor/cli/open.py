"""advisor MODEL: open the screen."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from advisor.cli._arguments import add_model, add_scenario, model_request, options
from advisor.cli.command import Command
from advisor.errors import ExitCode


def configure(parser: ArgumentParser) -> None:
    add_model(parser)
    add_scenario(parser)


def run(arguments: Namespace) -> int:
    from advisor.session import check_options
    from advisor.tui.terminal import refusal

    reason = refusal()
    if reason is not None:
        sys.stderr.write(f"advisor: {reason}. Without a screen: advisor audit {arguments.model}\n")
        return ExitCode.USAGE
    check_options(options(arguments))

    from advisor.tui.app import run as run_app

    return run_app(model_request(arguments), options(arguments))


COMMAND = Command("open", "open the screen on a model; the same as `advisor MODEL`", configure, run)
