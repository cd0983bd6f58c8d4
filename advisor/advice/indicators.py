"""Seven indicators of what a selection does: before and after, projected and measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from advisor.measurement.comparison import MeasuredVariant
from advisor.measurement.training_comparison import ComparedRun, ComparedTraining
from advisor.projection.check import relative_error
from advisor.projection.result import Component, Estimate, Projection

IndicatorUnit = Literal["score", "fraction of baseline", "s", "USD/month", "fraction"]
HARDWARE: tuple[Component, ...] = ("hardware", "training_and_deployment")


@dataclass(frozen=True)
class Figure:
    """`at_least` where a price in it is missing."""

    value: float
    at_least: bool = False


@dataclass(frozen=True)
class Indicator:
    """One row. A figure is None where it is not known, or was not measured.

    Measured times and scores are those of the run; measured costs and utilisation are the engine's
    with the measured times in it. `error` is (projected − measured) ÷ measured.
    """

    name: str
    unit: IndicatorUnit
    before: Figure | None
    projected: Figure | None
    measured_before: Figure | None
    measured: Figure | None

    @property
    def error(self) -> float | None:
        if self.projected is None or self.measured is None or self.measured.value == 0:
            return None
        if self.projected.at_least or self.measured.at_least:
            return None
        return relative_error(self.projected.value, self.measured.value)


Read = Callable[[Projection], Figure | None]


def indicators(
    before: Projection, after: Projection, found: MeasuredVariant | None, metric: str | None,
    trained: ComparedTraining | None = None,
) -> tuple[Indicator, ...]:  # fmt: skip
    """Model performance first (each score that the evaluation has), then time, cost and use.

    `found` is the measurement of what `after` has on, `trained` one of its training steps;
    `metric` names the model's own score.
    """
    both = (None, None) if found is None else (found.before, found.after)

    def row(name: str, unit: IndicatorUnit, read: Read, measurable: bool = True) -> Indicator:
        first, second = (read(each) if each and measurable else None for each in both)
        return Indicator(name, unit, read(before), read(after), first, second)

    return (
        _kept(after, found, metric),
        *_scores(after, found),
        row("training time, a step", "s", lambda each: _of(each.training_step_s), measurable=False),
        *_trained(trained),
        row("inference time", "s", lambda each: _of(each.latency_s)),
        row("hardware cost", "USD/month", lambda each: _cost(each, *HARDWARE)),
        row("data cost", "USD/month", lambda each: _cost(each, "data")),
        row("human cost", "USD/month", lambda each: _cost(each, "human")),
        row("resource utilisation", "fraction", lambda each: _of(each.utilisation)),
    )


def _trained(found: ComparedTraining | None) -> tuple[Indicator, ...]:
    """Steps of the size that was measured, on the machine it was measured on."""
    if found is None:
        return ()

    def projected(run: ComparedRun) -> Figure | None:
        return None if run.projected is None else _of(run.projected.step_s)

    first, second = found.measurement.baseline, found.measurement.variant
    return (
        Indicator(
            f"  as measured, of {first.samples_per_step} samples", "s",
            projected(found.baseline), projected(found.variant),
            Figure(first.step_s.median), Figure(second.step_s.median),
        ),
    )  # fmt: skip


def _of(figures: Estimate | None) -> Figure | None:
    return None if figures is None else Figure(figures.expected)


def _cost(projection: Projection, *components: Component) -> Figure:
    bill = projection.bill
    return Figure(
        sum(bill.total(each).expected for each in components),
        any(bill.missing_in(each) for each in components),
    )


def _kept(after: Projection, found: MeasuredVariant | None, metric: str | None) -> Indicator:
    """What is left of the baseline's metric: 1 before, by definition."""
    drop = None if found is None else found.measurement.quality_drop
    return Indicator(
        f"model performance, {metric}" if metric else "model performance",
        "fraction of baseline",
        Figure(1.0),
        Figure(1.0 - after.quality_drop.expected),
        None if drop is None else Figure(1.0),
        None if drop is None else Figure(1.0 - drop),
    )


def _scores(after: Projection, found: MeasuredVariant | None) -> tuple[Indicator, ...]:
    """Each score in its own terms: projected from the measured baseline, less the projected loss.

    A metric of which less is better grows by that loss.
    """
    if found is None:
        return ()
    first, second = found.measurement.baseline.quality, found.measurement.variant.quality
    if first is None or second is None:
        return ()
    drop = after.quality_drop.expected
    sign = -1.0 if first.higher_is_better else 1.0
    rows = [(first.metric, first.value, second.value, sign)]
    known, others = first.scores or {}, second.scores or {}
    rows += [(name, known[name], others[name], -1.0) for name in known if name in others]
    return tuple(
        Indicator(
            f"  {name}", "score", Figure(old), Figure(old + way * drop * abs(old)),
            Figure(old), Figure(new),
        )
        for name, old, new, way in rows
    )  # fmt: skip
