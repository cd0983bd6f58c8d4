"""advisor measure --ablate: each strategy's part of the saving, measured and projected."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from typing import Any

from advisor import units
from advisor.cli._measuring import measured
from advisor.cli._output import print_table, print_text
from advisor.errors import UsageError
from advisor.measurement.ablation import Ablation, ablations, attribute
from advisor.measurement.comparison import MeasuredVariant, applied
from advisor.measurement.progress import Report
from advisor.session import Session
from advisor.strategies.selection import Selection, selection


@dataclass(frozen=True)
class Ablated:
    """Both as shares of the baseline's time; `projected` is None on an unknown machine."""

    measured: Ablation
    projected: Ablation | None
    noisy: tuple[str, ...]
    """What was measured while the machine was too noisy to tell."""


def ablate(
    session: Session, chosen: Selection, arguments: Namespace, on_progress: Report
) -> Ablated:
    """Measure what attribution needs; UsageError where there is nothing to tell apart."""
    doing = applied(chosen)
    if len(doing) < 2:
        raise UsageError("--ablate needs two strategies or more that are done to the model")
    found: dict[Selection, MeasuredVariant] = {}
    for each in ablations(doing):
        found[each] = measured(session, selection(each), arguments, on_progress).compared

    def saved(each: Selection) -> float:
        if not each:
            return 0.0
        runs = found[each].measurement
        return 1 - runs.variant.latency_s.median / runs.baseline.latency_s.median

    noisy = (each for each, run in found.items() if run.measurement.machine_is_too_noisy)
    names = tuple(",".join(map(str, each)) for each in noisy)
    return Ablated(attribute(doing, saved), _projected(session, doing), names)


def _projected(session: Session, doing: Selection) -> Ablation | None:
    seconds = session.measurements.projected_seconds(session.scenario, [(), *ablations(doing)])
    if seconds is None:
        return None
    by_selection = dict(zip([(), *ablations(doing)], seconds, strict=True))
    before = by_selection[()]
    return attribute(doing, lambda each: 1 - by_selection[each] / before)


def print_ablation(ablated: Ablated) -> None:
    print_text("\nlatency taken away, as a share of the baseline's")
    projected = None if ablated.projected is None else ablated.projected.parts
    rows = []
    for index, part in enumerate(ablated.measured.parts):
        share = None if projected is None else projected[index].saved
        figures = (part.alone, part.last, part.saved, share)
        rows.append((str(part.choice), *(units.percent(each, signed=True) for each in figures)))
    whole = None if ablated.projected is None else ablated.projected.whole
    rest = units.percent(ablated.measured.rest, signed=True)
    rows.append(("explained by none alone", "", "", rest, ""))
    total = units.percent(ablated.measured.whole, signed=True)
    rows.append(("together", "", "", total, units.percent(whole, signed=True)))
    print_table(("strategy", "alone", "added last", "its part", "projected part"), rows)
    for name in ablated.noisy:
        print_text(f"note: the machine was too noisy to tell for {name}")


def document_of(ablated: Ablated) -> dict[str, Any]:
    return {
        "measured": _as_document(ablated.measured),
        "too_noisy": ablated.noisy,
        "projected": None if ablated.projected is None else _as_document(ablated.projected),
    }


def _as_document(found: Ablation) -> dict[str, Any]:
    parts = [
        {"strategy": str(each.choice), "alone": each.alone, "last": each.last, "part": each.saved}
        for each in found.parts
    ]
    return {"latency_saved_fraction": found.whole, "parts": parts, "rest": found.rest}
