"""The worker that searches for the screen: one request in, what is found out, piece by piece.

Both ways are pickles, a line each: what is asked and found are the engine's own values, and the two
sides are one program.
"""

from __future__ import annotations

import base64
import io
import pickle
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.advice.front import FrontPoint
    from advisor.advice.goal import Goal
    from advisor.advice.plan import Plan
    from advisor.advice.plan_economics import PlanEconomics
    from advisor.advice.rule import Facts, Finding
    from advisor.projection.scenario import Scenario
    from advisor.session import Session
    from advisor.tui.shown import Exporting

OVER = "over"
"""What comes after the last that was found."""


def plan(facts: Facts, found: tuple[Finding, ...], goal: Goal) -> Iterator[Plan | PlanEconomics]:
    """The plan, then its economics."""
    from advisor.advice.plan import make_plan
    from advisor.advice.plan_economics import plan_economics

    made = make_plan(facts, found, goal)
    yield made
    yield plan_economics(facts, made)


def front(scenario: Scenario, found: tuple[Finding, ...], goal: Goal) -> Iterator[FrontPoint]:
    from advisor.advice.front import advised_front

    yield from advised_front(scenario, found, goal)


def audit(session: Session, formats: tuple[str, ...]) -> Iterator[Exporting | bytes]:
    """The audit of the session as it is, as a file of each format; before each step what it is."""
    from advisor.advice.plan_economics import plan_economics
    from advisor.export.exporter import exporter_by_name
    from advisor.tui.shown import Exporting

    of = 3
    yield Exporting("the plan and the exact minimum", 0, of)
    plan = session.whole_plan()
    yield Exporting("what the plan is worth", 1, of)
    economics = plan_economics(session.facts(), plan)
    yield Exporting("the files", 2, of)
    made = session.audit(plan=plan, economics=economics)
    for name in formats:
        yield exporter_by_name(name).render(made)


WORK: Mapping[str, Callable[..., Iterator[Any]]] = {"plan": plan, "front": front, "audit": audit}


def _proxy(entries: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(entries)


class _Pickler(pickle.Pickler):
    """The catalogue's mappings are read-only, which pickle knows nothing of."""

    def reducer_override(self, each: object) -> Any:
        return (_proxy, (dict(each),)) if isinstance(each, MappingProxyType) else NotImplemented


def packed(value: object) -> bytes:
    """As one line."""
    buffer = io.BytesIO()
    _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    return base64.b64encode(buffer.getvalue()) + b"\n"


def unpacked(line: bytes) -> Any:
    """What the other side `packed`; nobody else holds the pipe."""
    return pickle.loads(base64.b64decode(line))  # noqa: S301 - both sides are this program


def main() -> None:
    """One request on standard input, answers on standard output, then it ends."""
    from advisor.measurement.worker import end_with_parent, take_standard_streams

    stream, channel = take_standard_streams()
    with stream:
        name, arguments = unpacked(stream.readline())
    end_with_parent()
    _answer(channel, name, arguments)


def _answer(channel: Any, name: str, arguments: tuple[Any, ...]) -> None:
    from advisor.measurement.failure import to_message

    try:
        for found in WORK[name](*arguments):
            channel.send(packed((found,)))
        channel.send(packed(OVER))
    except Exception as error:  # noqa: BLE001 - the process boundary: the screen is told all of it
        channel.send(packed(to_message(error)))
