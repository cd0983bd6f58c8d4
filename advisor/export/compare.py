"""What changed from one plan to another, and why: price, model, hardware, demand, measurement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from advisor.export._document import Document, Input, Line, Named

Cause = Literal[
    "model", "hardware", "workload", "organization", "price", "goal", "strategies", "measurement",
    "program",
]  # fmt: skip


@dataclass(frozen=True)
class Change:
    """`before` and `after` are texts; None where one of the plans lacks it."""

    cause: Cause
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class LineChange:
    """One line of the bill, USD per month; None where the line is not there or not priced.

    `inputs` are the figures of its formula that differ.
    """

    component: str
    name: str
    before_usd: float | None
    after_usd: float | None
    inputs: tuple[Change, ...]


@dataclass(frozen=True)
class Comparison:
    """Of the bills after each plan. Lines that cost the same are left out."""

    before_usd: float | None
    after_usd: float | None
    causes: tuple[Change, ...]
    lines: tuple[LineChange, ...]


def compare(one: Document, two: Document) -> Comparison:
    return Comparison(
        one.costs.after_plan.total.expected,
        two.costs.after_plan.total.expected,
        tuple(change for change in _causes(one, two) if change.before != change.after),
        tuple(_lines(one, two)),
    )


def _causes(one: Document, two: Document) -> Iterator[Change]:
    for what in ("reference", "fingerprint", "parameters", "multiply_adds", "dtype"):
        yield Change("model", what, *(_text(getattr(each.model, what)) for each in (one, two)))
    named: tuple[tuple[Cause, Named, Named], ...] = (
        ("hardware", one.hardware, two.hardware),
        ("workload", one.workload, two.workload),
        ("organization", one.organization, two.organization),
    )
    for cause, before, after in named:
        yield Change(cause, cause, before.id, after.id)
    for what in ("objective", "max_days", "max_up_front_usd"):
        yield Change("goal", what, *(_text(getattr(each.goal, what)) for each in (one, two)))
    steps = (", ".join(step.strategy for step in each.steps) or "none" for each in (one, two))
    yield Change("strategies", "steps of the plan", *steps)
    taken = (each.measurement.taken_at if each.measurement else None for each in (one, two))
    yield Change("measurement", "taken at", *taken)
    yield Change("program", "version", one.advisor_version, two.advisor_version)


def _lines(one: Document, two: Document) -> Iterator[LineChange]:
    before, after = (_by_name(each.lines["after_plan"]) for each in (one, two))
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        costs = _usd(old), _usd(new)
        if costs[0] != costs[1] or (old is None) != (new is None):
            yield LineChange(*key, *costs, tuple(_inputs(old, new)))


def _by_name(lines: tuple[Line, ...]) -> Mapping[tuple[str, str], Line]:
    return {(line.component, line.name): line for line in lines}


def _usd(line: Line | None) -> float | None:
    return None if line is None or line.usd_per_month is None else line.usd_per_month.expected


def _inputs(old: Line | None, new: Line | None) -> Iterator[Change]:
    if old is None or new is None:
        return
    before = {each.name: each for each in old.inputs}
    for each in new.inputs:
        was = before.get(each.name)
        if was is not None and was.value != each.value:
            yield Change(_cause(each), each.name, _figure(was), _figure(each))


def _cause(each: Input) -> Cause:
    """What an input's origin says it belongs to; what the engine worked out is the model's."""
    place = each.origin.split(":")[0].split(" ")[0]
    for cause in ("organization", "workload", "hardware"):
        if place.startswith(cause):
            return cause
    return "price" if "USD" in each.unit or "price" in each.origin else "model"


def _figure(each: Input) -> str | None:
    value = None if each.value is None else each.value.expected
    return None if value is None else f"{value:g} {each.unit}".rstrip()


def _text(value: object) -> str | None:
    return None if value is None else str(value)
