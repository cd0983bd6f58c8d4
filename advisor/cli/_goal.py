"""Options that say what a plan is after, and the work that it may take."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.advice.goal import Goal


class _Objectives:
    """The names of the objectives; the engine is imported once somebody names one or asks."""

    def __iter__(self) -> Iterator[str]:
        from advisor.advice.goal import OBJECTIVES

        return iter(OBJECTIVES)

    def __contains__(self, name: object) -> bool:
        return name in tuple(self)


DEFAULT = "cost"


def add_goal(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("what the plan is after")
    group.add_argument(
        "--objective",
        choices=_Objectives(),
        metavar="NAME",
        default=DEFAULT,
        help="what is made least: %(choices)s (default: %(default)s); of setups alike in it, "
        "the cheapest",
    )
    group.add_argument(
        "--max-days", type=float, metavar="DAYS", help="of an engineer, all steps together"
    )
    group.add_argument(
        "--max-upfront", type=float, metavar="USD", help="what that work may cost, all steps"
    )


def goal(arguments: Namespace) -> Goal:
    """Raises UsageError for a limit below 0."""
    from advisor.advice.goal import Goal

    return Goal(arguments.objective, arguments.max_days, arguments.max_upfront)


def asked_goal(arguments: Namespace) -> Goal | None:
    """The same; None where nothing is said of it."""
    said = (arguments.objective, arguments.max_days, arguments.max_upfront)
    return None if said == (DEFAULT, None, None) else goal(arguments)
