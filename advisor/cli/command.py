"""What a command declares."""

from __future__ import annotations

import functools
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import advisor.cli
from advisor.registry import discover


@dataclass(frozen=True)
class Command:
    """`run` gets the parsed arguments and returns the exit code; it may raise AdvisorError."""

    name: str
    summary: str
    configure: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


@functools.cache
def commands() -> Mapping[str, Command]:
    return discover(advisor.cli, "COMMAND", Command, lambda command: command.name)
