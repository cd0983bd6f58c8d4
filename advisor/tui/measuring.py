"""Which measurements are asked for at once: what is on, one strategy, the plan step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from advisor.errors import UsageError
from advisor.measurement.comparison import applied, trained
from advisor.measurement.training_result import TrainingRequest
from advisor.session_training import training_request
from advisor.strategies.selection import Choice, Selection, lacking_here, ranks_of

if TYPE_CHECKING:
    from advisor.advice.plan import Plan
    from advisor.measurement.result import MeasurementRequest
    from advisor.session import Session
    from advisor.tui.queue import Asked

OneRun = Literal["chosen", "training"]
Wanted = OneRun | Literal["plan"]


def of_chosen(session: Session) -> MeasurementRequest:
    """What is on, together; UsageError says what of it cannot be measured here."""
    return _request(session, session.chosen)


def of_training(session: Session) -> TrainingRequest:
    """A training step with what is on; UsageError says what of it cannot be measured here."""
    if ranks_of(session.chosen) is not None:
        raise UsageError(
            "what is on divides a training step over processes, "
            "which advisor measure --training runs"
        )
    request = training_request(session, trained(session.chosen))
    assert isinstance(request, TrainingRequest)
    return request


OF_ONE_RUN: Mapping[OneRun, Callable[[Session], Asked]] = {
    "chosen": of_chosen, "training": of_training,
}  # fmt: skip


def of_one(session: Session, slug: str) -> MeasurementRequest:
    """One strategy with nothing else on, at its level now; UsageError where it cannot be."""
    choice = session.switches.choice(slug) or Choice(slug)
    lacks = lacking_here(session.machine, choice.strategy)
    if lacks is not None:
        raise UsageError(f"{slug} cannot be measured on this machine: {lacks}")
    return _request(session, (choice,))


def of_plan(session: Session, plan: Plan) -> tuple[list[MeasurementRequest], list[str]]:
    """Every step alone and then all of them, but what was measured; and why some steps are not.

    Raises UsageError where nothing of the plan is left to be measured here.
    """
    reasons = {
        choice.slug: lacks
        for choice in plan.chosen
        if (lacks := lacking_here(session.machine, choice.strategy)) is not None
    }
    steps = [choice for step in plan.steps if (choice := step.choice).slug not in reasons]
    wanted = [(choice,) for choice in steps if choice.strategy.apply is not None]
    whole = applied(tuple(choice for choice in plan.chosen if choice.slug not in reasons))
    selections: Sequence[Selection] = [*wanted, *([whole] if len(whole) > 1 else [])]
    left = [each for each in selections if session.measurements.of(each) is None]
    if not selections:
        raise UsageError("no step of the plan can be measured on this machine")
    if not left:
        raise UsageError("every step of the plan is measured; m measures what is on again")
    skipped = [f"{slug} is not measured: {lacks}" for slug, lacks in reasons.items()]
    return [_request(session, each) for each in left], skipped


def _request(session: Session, chosen: Selection) -> MeasurementRequest:
    lacking = session.lacking_for_measurement(chosen)
    if lacking:
        raise UsageError("cannot be measured on this machine: " + "; ".join(lacking))
    return session.measurement_request(chosen=chosen)
