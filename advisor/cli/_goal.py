"""Options that say what a plan is after, and the work that it may take."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from advisor.advice.goal import OBJECTIVES, Goal


def add_goal(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("what the plan is after")
    group.add_argument(
        "--objective",
        choices=OBJECTIVES,
        default="cost",
        help="what is made least (default: cost); of setups alike in it, the cheapest",
    )
    group.add_argument(
        "--max-days", type=float, metavar="DAYS", help="of an engineer, all steps together"
    )
    group.add_argument(
        "--max-upfront", type=float, metavar="USD", help="what that work may cost, all steps"
    )


def goal(arguments: Namespace) -> Goal:
    """Raises UsageError for a limit below 0."""
    return Goal(arguments.objective, arguments.max_days, arguments.max_upfront)
