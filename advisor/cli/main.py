"""The command line: find the command, run it, turn an error into a message and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from advisor import __version__
from advisor.cli.command import Command, commands
from advisor.errors import AdvisorError, ExitCode
from advisor.measurement.result import ModelRequest
from advisor.session_options import Options
from advisor.units import printable

OpenScreen = Callable[[ModelRequest | None, Options, Mapping[str, "str | bool"]], int]
"""The last are settings of the screen, named as in screen.toml."""
DEFAULT_COMMAND = "open"
_OWN_OPTIONS = ("-h", "--help", "--version")


def run(arguments: Sequence[str], open_screen: OpenScreen) -> int:
    """Run the command that `arguments` name; a model reference alone opens the screen on it.

    Nothing at all opens the screen, which then asks for a model.
    `open_screen` is the other face, handed in because neither imports the other.
    """
    return _ended(lambda: _run(arguments, open_screen))


def run_open(words: Sequence[str], open_screen: OpenScreen) -> int:
    """The same for the words after `open`; no other command is imported to tell them apart."""
    from advisor.cli.open import COMMAND

    def work() -> int:
        parsed = _parser([COMMAND]).parse_args([COMMAND.name, *words])
        parsed.open_screen = open_screen
        return COMMAND.run(parsed)

    return _ended(work)


def _run(arguments: Sequence[str], open_screen: OpenScreen) -> int:
    if not arguments:
        return open_screen(None, Options(), {})
    parsed = _parser(commands().values()).parse_args(_with_command(arguments))
    parsed.open_screen = open_screen
    return int(commands()[parsed.command].run(parsed))


def _ended(work: Callable[[], int]) -> int:
    """The exit code of `work`, its errors told on standard error."""
    try:
        return work()
    except AdvisorError as error:
        sys.stderr.write(f"advisor: {_shown(str(error))}\n")
        return int(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("advisor: interrupted\n")
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is left must not fail at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.DONE)


def _shown(message: str) -> str:
    return "\n".join(printable(line) for line in message.split("\n"))


def _with_command(arguments: Sequence[str]) -> list[str]:
    """Put the default command before a model reference."""
    words = list(arguments)
    if words[0] in commands() or words[0] in _OWN_OPTIONS:
        return words
    return [DEFAULT_COMMAND, *words]


def _parser(known: Iterable[Command]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="advisor",
        description="What a PyTorch model costs, which strategies make it cheaper, and by how "
        "much: projected, measured, and the error between them.",
        epilog="`advisor MODEL` opens the screen on a model, `advisor` alone asks for one; "
        "`advisor models` lists those built in. Exit codes: 0 done, 1 the model failed, "
        "2 usage, 3 worth retrying, 4 a budget not met, "
        "5 a plan has drifted, 6 a plan is broken, 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"advisor {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in known:
        subparser = subparsers.add_parser(
            command.name, help=command.summary, description=command.summary
        )
        command.configure(subparser)
    return parser
