"""How the time of the main phase is shared among kinds of operators, and what bounds each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor import units
from advisor.projection.serving import main_phase
from advisor.tui.render.bars import bar
from advisor.tui.render.ceilings import Ceilings
from advisor.tui.render.line import Column, Line, Span, spaced

if TYPE_CHECKING:
    from advisor.projection.scenario import Scenario


@dataclass(frozen=True)
class KindTime:
    """`compute_share` is the part of its seconds that arithmetic bounds."""

    kind: str
    seconds: float
    share: float
    compute_share: float

    @property
    def bound(self) -> str:
        if self.compute_share >= 0.95:
            return "compute"
        if self.compute_share <= 0.05:
            return "bandwidth"
        return f"{units.percent(self.compute_share, digits=0)} compute"


def kind_times(scenario: Scenario) -> list[KindTime]:
    """At the peaks of the hardware with nothing on, the longest first."""
    rows = main_phase(scenario.profile).operators
    ceilings = Ceilings(scenario, rows)
    seconds: dict[str, float] = {}
    compute: dict[str, float] = {}
    for row, each, bound in zip(rows, ceilings.seconds, ceilings.bounds, strict=True):
        seconds[row.kind] = seconds.get(row.kind, 0.0) + each
        compute[row.kind] = compute.get(row.kind, 0.0) + (each if bound == "compute" else 0.0)
    found = [
        KindTime(kind, taken, ceilings.share(taken), compute[kind] / taken if taken else 0.0)
        for kind, taken in seconds.items()
    ]
    return sorted(found, key=lambda each: -each.seconds)


def kind_lines(found: list[KindTime], width: int) -> list[Line]:
    name, share, bound = Column("", 12, "left"), Column("", 6), Column("", 12, "left")
    room = max(8, width - name.width - share.width - bound.width - 5)
    return [
        (Span(" "), *spaced(
            name.cell(each.kind), share.cell(units.percent(each.share)),
            Span(bar(each.share, room), "accent"), bound.cell(each.bound, "dim"),
        ))
        for each in found
    ]  # fmt: skip
