"""What a plan is after and has to keep: objectives, floors, and the work that it may take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from advisor import units
from advisor.advice.goal import COST, OBJECTIVES
from advisor.errors import UsageError

if TYPE_CHECKING:
    from advisor.session import Session
    from advisor.session_options import Options

AIM, DAYS, UP_FRONT = "aim", "days", "up-front"
_OF_WORKLOAD = (
    ("serving.latency_objective_ms", "latency", "ms"),
    ("serving.time_to_first_token_ms", "time to first token", "ms"),
    ("serving.time_per_output_token_ms", "time per output token", "ms"),
    ("quality.max_drop", "quality lost", "of the metric"),
    ("quality.max_worst_class_drop", "quality lost, worst class", "of the metric"),
)
"""Key of the workload, what it limits, unit of what is typed."""


@dataclass(frozen=True)
class Budget:
    """One limit. `typed` is what to type for it, empty where there is none."""

    name: str
    title: str
    typed: str
    unit: str
    origin: str = ""

    @property
    def is_choice(self) -> bool:
        """Whether values follow each other instead of being typed."""
        return self.name == AIM


def budgets(session: Session, options: Options) -> tuple[Budget, ...]:
    """All there are, as they stand."""
    goal = session.goal
    of_plan = (
        Budget(AIM, "made least", goal.objective, f"of {', '.join(OBJECTIVES)}"),
        _of_plan(DAYS, "work, at most", goal.max_days, "days of an engineer"),
        _of_plan(UP_FRONT, "up front, at most", goal.max_up_front_usd, "USD"),
    )
    return (*of_plan, *(_of_workload(session, options, *each) for each in _OF_WORKLOAD))


def with_budget(options: Options, name: str, text: str) -> Options:
    """`options` with what was typed for one; without it where nothing was.

    Raises UsageError for what is no number. A key of the workload is looked at where it is used.
    """
    text = text.strip()
    goal = options.goal or COST
    if name == DAYS:
        return replace(options, goal=replace(goal, max_days=_number(text, "work in days")))
    if name == UP_FRONT:
        most = _number(text, "USD up front")
        return replace(options, goal=replace(goal, max_up_front_usd=most))
    others = tuple(each for each in options.settings if _key(each) != name)
    return replace(options, settings=(*others, f"{name}={text}") if text else others)


def with_next_aim(options: Options, steps: int) -> Options:
    """Made least is the objective so many further on."""
    goal = options.goal or COST
    place = (OBJECTIVES.index(goal.objective) + steps) % len(OBJECTIVES)
    return replace(options, goal=replace(goal, objective=OBJECTIVES[place]))


def _of_plan(name: str, title: str, most: float | None, unit: str) -> Budget:
    return Budget(name, title, _typed(most), unit, "no limit" if most is None else "yours")


def _of_workload(session: Session, options: Options, key: str, title: str, unit: str) -> Budget:
    value: object = session.scenario.workload
    for part in key.split("."):
        value = getattr(value, part)
    given = any(_key(each) == key for each in options.settings)
    told = "none stated" if value is None else f"of {session.scenario.workload.id}"
    return Budget(key, title, _typed(value), unit, "yours" if given else told)


def _typed(value: object) -> str:
    if value is None:
        return ""
    return units.exact(value) if isinstance(value, (int, float)) else str(value)


def _number(text: str, of: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{of}: {units.printable(text)!r} is no number") from None


def _key(setting: str) -> str:
    return setting.partition("=")[0].strip()
