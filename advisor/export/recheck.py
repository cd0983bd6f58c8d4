"""Whether a plan still holds: what it promised beside what the same steps give today."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from advisor import units
from advisor.export._document import Costs, Document

State = Literal["holds", "drifted", "broken"]


@dataclass(frozen=True)
class Reason:
    state: State
    text: str


@dataclass(frozen=True)
class Verdict:
    """Savings are USD per month of the expected bills; None where a bill is not known."""

    state: State
    promised_usd_per_month: float | None
    today_usd_per_month: float | None
    reasons: tuple[Reason, ...]
    """What speaks against the plan; empty where it holds."""


def recheck(plan: Document, today: Document, tolerance: float) -> Verdict:
    """`today` is an audit with the steps of `plan` switched on, measured or not.

    A plan is broken where the model is another, a limit is no longer kept or the steps save
    nothing; it has drifted where the saving has shrunk by more than `tolerance` of it, or a
    measurement lies outside what was projected.
    """
    promised = _saving(plan.costs.before, plan.costs.after_plan)
    now = _saving(today.costs.before, today.costs.selected)
    reasons = tuple(_reasons(plan, today, promised, now, tolerance))
    states = {reason.state for reason in reasons}
    state: State = "broken" if "broken" in states else "drifted" if "drifted" in states else "holds"
    return Verdict(state, promised, now, reasons)


def _saving(before: Costs, after: Costs) -> float | None:
    one, two = before.total, after.total
    if one.expected is None or two.expected is None or set(one.missing) != set(two.missing):
        return None
    return one.expected - two.expected


def _reasons(
    plan: Document, today: Document, promised: float | None, now: float | None, tolerance: float
) -> Iterator[Reason]:
    known = plan.model.fingerprint, today.model.fingerprint
    if None not in known and known[0] != known[1]:
        yield Reason("broken", f"{today.model.reference} is not the model that was planned for")
    kept = {limit.name for limit in plan.constraints["after_plan"] if limit.met}
    for limit in today.constraints["selected"]:
        if limit.met is False and limit.name in kept:
            reached = (
                f"{units.number(limit.value)} against {units.number(limit.limit)} {limit.unit}"
            )
            yield Reason("broken", f"{limit.name} is no longer kept: {reached}".rstrip())
    yield from _of_saving(promised, now, tolerance)
    yield from _of_measurement(today)


def _of_saving(promised: float | None, now: float | None, tolerance: float) -> Iterator[Reason]:
    if promised is None or now is None:
        if promised is not now:
            yield Reason("drifted", "a price that one of the two bills has is not known now")
        return
    if promised <= 0:
        return
    if now <= 0:
        yield Reason("broken", f"it saves nothing today: {units.delta_usd(-now)} a month")
    elif now < promised * (1 - tolerance):
        yield Reason(
            "drifted",
            f"it saves {units.usd(now)} a month, {units.percent((promised - now) / promised)} less "
            f"than the {units.usd(promised)} that were promised",
        )


def _of_measurement(today: Document) -> Iterator[Reason]:
    measured = today.measurement
    if measured is None:
        return
    floor = next((each for each in today.constraints["selected"] if each.name == "quality"), None)
    drop = measured.quality_drop
    if floor is not None and floor.limit is not None and drop is not None and drop > floor.limit:
        lost, most = units.percent(drop), units.percent(floor.limit)
        yield Reason("broken", f"measured, it loses {lost} of the quality; {most} may be lost")
    projected, took = measured.projected_latency_s, measured.variant.latency_median_s
    if projected is not None and took is not None:
        low, high = projected.low, projected.high
        if took > (math.inf if high is None else high) or took < (low or 0.0):
            yield Reason(
                "drifted",
                f"measured {units.seconds(took)}, outside the projected "
                f"{units.seconds(low)} to {units.seconds(high)}",
            )
