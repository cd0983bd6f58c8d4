"""The operators of the model's main phase, and what bounds each on the hardware."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

from advisor import units
from advisor.profiling.profile import Operator, Phase
from advisor.profiling.summary import FLOPS, OTHER_FLOPS, uncounted_lines
from advisor.projection.columns import setup_columns
from advisor.projection.operators import class_of
from advisor.projection.scenario import Scenario
from advisor.projection.serving import main_phase
from advisor.projection.setup import Setup
from advisor.tui.render.line import Column, Line, Span, Tone, fit_start, heading, line, spaced, wrap

WIDE = 110
"""From this width on, the operator's own name and the size of its matrix product are shown."""


def _columns(width: int) -> tuple[Column, ...]:
    rest = [
        Column("kind", 11, "left"), Column("mult-adds", 10), Column("bytes", 10),
        Column("FLOP/B", 7), Column("bound by", 9, "left"), Column("calls", 5),
    ]  # fmt: skip
    if width >= WIDE:
        rest += [Column("batch × m × n × k", 24), Column("operator", 20, "left")]
    taken = sum(column.width + 1 for column in rest)
    return (Column("module", max(12, width - taken - 2), "left"), *rest)


def operators_heading(width: int) -> Line:
    return (Span("  "), *heading(_columns(width)))


def title_lines(scenario: Scenario, width: int) -> list[Line]:
    """What was counted, in both conventions, and what the count leaves out."""
    profile, phase = scenario.profile, main_phase(scenario.profile)
    size = f"batch {phase.batch_size}"
    if phase.query_tokens:
        size += f", {phase.query_tokens} tokens"
    counted = (
        f"{phase.name}, {size}: {len(phase.operators)} operators, "
        f"{units.count(profile.multiply_adds)} multiply-adds counted by {profile.counted_by}, "
        f"{units.count(profile.flops, 'FLOPs')} ({FLOPS})"
    )
    beside = [f"beside them {units.count(profile.other_flops, 'FLOPs')} ({OTHER_FLOPS})"]
    if profile.active_parameters != profile.parameters:
        active, every = map(units.parameters, (profile.active_parameters, profile.parameters))
        beside.append(f"{active} of {every} parameters active")
    beside.append(f"not counted: {', '.join(uncounted_lines(profile)) or 'nothing'}")
    tone: Tone = "warn" if profile.uncounted_operators else "dim"
    return [*wrap(counted, width, " "), *wrap(" · ".join(beside), width, " ", tone)]


@dataclass(frozen=True)
class OperatorLines(Sequence[Line]):
    """Lines made as they are looked at, so that ten thousand operators cost what is in view."""

    scenario: Scenario
    width: int

    @cached_property
    def phase(self) -> Phase:
        return main_phase(self.scenario.profile)

    @cached_property
    def _ridges(self) -> list[float]:
        """FLOPs a byte at which each operator is bound by both, at the peaks of the hardware."""
        hardware, profile = self.scenario.hardware, self.scenario.profile
        peaks = setup_columns([Setup()], profile.dtype, hardware).peak_flops[0]
        bandwidth = hardware.memory.bandwidth_gb_per_s * 1e9
        return [float(peaks[kind]) / bandwidth for kind in map(class_of, self.phase.operators)]

    def __len__(self) -> int:
        return len(self.phase.operators)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        return self._line(self.phase.operators[index], self._ridges[index])

    def _line(self, row: Operator, ridge: float) -> Line:
        columns = _columns(self.width)
        module, kind, *figures, bound, calls = columns[:7]
        flops_per_byte = 2 * row.multiply_adds / row.total_bytes if row.total_bytes else None
        texts = (
            units.count(row.multiply_adds),
            units.memory(row.total_bytes),
            units.number(flops_per_byte),
        )
        by_compute = flops_per_byte is not None and flops_per_byte >= ridge
        name = row.module or row.name
        return line(
            " ",
            *spaced(
                Span(fit_start(name, module.width)),
                kind.cell(row.kind),
                *(column.cell(text) for column, text in zip(figures, texts, strict=True)),
                bound.cell("compute" if by_compute else "bandwidth", "plain"),
                calls.cell(str(row.repeats)),
                *(
                    column.cell(text)
                    for column, text in zip(columns[7:], (_size(row), row.name), strict=False)
                ),
            ),
        )


def _size(row: Operator) -> str:
    """The matrix product that the operator amounts to; nothing where it is none."""
    sizes = (row.m, row.n, row.k)
    if None in sizes:
        return ""
    return " × ".join(str(size) for size in (row.batch, *sizes))
