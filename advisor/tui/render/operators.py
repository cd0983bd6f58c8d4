"""The operators of the model's main phase, and what bounds each on the hardware."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from advisor import units
from advisor.profiling.summary import FLOPS, OTHER_FLOPS, uncounted_lines
from advisor.projection.serving import main_phase
from advisor.tui.render.bars import bar
from advisor.tui.render.ceilings import Ceilings, flops_per_byte
from advisor.tui.render.line import (
    Column,
    Line,
    Span,
    Tone,
    fit_start,
    heading,
    line,
    spaced,
    wrap_parts,
)

if TYPE_CHECKING:
    from advisor.profiling.profile import Operator, Phase
    from advisor.projection.scenario import Scenario
    from advisor.tui.sieve import SortKey

WIDE = 110
"""From this width on, the operator's own name and the size of its matrix product are shown."""


def _columns(width: int) -> tuple[Column, ...]:
    rest = [
        Column("kind", 11, "left"), Column("mult-adds", 9), Column("bytes", 10),
        Column("FLOP/B", 7), Column("bound by", 9, "left"), Column("share", 6, "left"),
    ]  # fmt: skip
    if width >= WIDE:
        rest += [
            Column("%", 6),
            Column("calls", 5),
            Column("batch × m × n × k", 24),
            Column("operator", 20, "left"),
        ]
    taken = sum(column.width + 1 for column in rest)
    return (Column("module", max(12, width - taken - 1), "left"), *rest)


def operators_heading(width: int) -> Line:
    return (Span("  "), *heading(_columns(width)))


def title_lines(scenario: Scenario, width: int) -> list[Line]:
    """What was counted, in both conventions, and what the count leaves out."""
    profile, phase = scenario.profile, main_phase(scenario.profile)
    size = f"batch {phase.batch_size}"
    if phase.query_tokens:
        size += f", {phase.query_tokens} tokens"
    counted = [
        f"{phase.name}, {size}: {units.counted(len(phase.operators), 'operator')}",
        f"{units.count(profile.multiply_adds)} multiply-adds counted by {profile.counted_by}",
        f"{units.count(profile.flops, 'FLOPs')} ({FLOPS})",
    ]
    beside = [f"beside them {units.count(profile.other_flops, 'FLOPs')} ({OTHER_FLOPS})"]
    if profile.active_parameters != profile.parameters:
        active, every = map(units.parameters, (profile.active_parameters, profile.parameters))
        beside.append(f"{active} of {every} parameters active")
    beside.append(f"not counted: {', '.join(uncounted_lines(profile)) or 'nothing'}")
    tone: Tone = "warn" if profile.uncounted_operators else "dim"
    beside.append("share: of the time at the peaks of the hardware")
    room = width - 1
    return [*wrap_parts(counted, room, " "), *wrap_parts(beside, room, " ", tone)]


@dataclass(frozen=True)
class OperatorEntries:
    """Lines made as they are looked at, so that ten thousand operators cost what is in view."""

    scenario: Scenario
    width: int

    sort_titles = ("share", "mult-adds", "bytes", "FLOP/B", "module", "kind")

    @cached_property
    def phase(self) -> Phase:
        return main_phase(self.scenario.profile)

    @cached_property
    def ceilings(self) -> Ceilings:
        return Ceilings(self.scenario, self.phase.operators)

    def is_of(self, scenario: Scenario, width: int) -> bool:
        return self.scenario is scenario and self.width == width

    def __len__(self) -> int:
        return len(self.phase.operators)

    def identity(self, index: int) -> Hashable:
        return index

    def search_text(self, index: int) -> str:
        row = self.phase.operators[index]
        return f"{row.module} {row.name} {row.kind} {row.dtype} {self.ceilings.bounds[index]}"

    def sort_key(self, title: str, index: int) -> SortKey:
        row = self.phase.operators[index]
        if title == "share":
            return self.ceilings.seconds[index]
        if title == "mult-adds":
            return float(row.multiply_adds * row.repeats)
        if title == "bytes":
            return float(row.total_bytes * row.repeats)
        if title == "FLOP/B":
            return flops_per_byte(row)
        return row.kind if title == "kind" else row.module or row.name

    def line(self, index: int) -> Line:
        return self._line(self.phase.operators[index], index)

    def _line(self, row: Operator, index: int) -> Line:
        columns = _columns(self.width)
        module, kind, *figures, bound, share = columns[:7]
        fraction = self.ceilings.share(self.ceilings.seconds[index])
        texts = (
            units.count(row.multiply_adds),
            units.memory(row.total_bytes),
            units.number(flops_per_byte(row)),
        )
        name = row.module or row.name
        return line(
            " ",
            *spaced(
                Span(fit_start(name, module.width)),
                kind.cell(row.kind),
                *(column.cell(text) for column, text in zip(figures, texts, strict=True)),
                bound.cell(self.ceilings.bounds[index]),
                Span(bar(fraction, share.width), "accent"),
                *(
                    column.cell(text)
                    for column, text in zip(
                        columns[7:],
                        (units.percent(fraction), str(row.repeats), _size(row), row.name),
                        strict=False,
                    )
                ),
            ),
        )


def _size(row: Operator) -> str:
    """The matrix product that the operator amounts to; nothing where it is none."""
    sizes = (row.m, row.n, row.k)
    if None in sizes:
        return ""
    return " × ".join(str(size) for size in (row.batch, *sizes))
