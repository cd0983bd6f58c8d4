"""Memory through a forward pass and a training step, and what holds it where it peaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor import units
from advisor.tui.render.bars import bar, stacked
from advisor.tui.render.line import BLANK, Line, Span, fit_start, line, rule, wrap

if TYPE_CHECKING:
    from advisor.profiling.profile import Holder, MemoryMoment, MemoryProfile

NAME_WIDTH, FIGURE_WIDTH = 14, 10
_SHADES = (
    ("parameters", "█"), ("gradients", "▓"), ("optimizer", "▒"), ("activations", "░"),
    ("temporaries", "·"),
)  # fmt: skip
Row = tuple[str, tuple[int, ...]]
"""A name, and the bytes of each of `_SHADES`."""


def memory_lines(memory: MemoryProfile, on_processor: bool, width: int) -> list[Line]:
    """`on_processor` tells which way the optimizer takes its step there."""
    moments = _moments(memory, on_processor)
    resident = memory.parameters_bytes + memory.buffers_bytes
    rows: list[Row] = [("inference", (resident, 0, 0, memory.inference_activation_bytes, 0))]
    rows += [(each.phase, _parts(each, resident)) for each in moments]
    largest = max(sum(parts) for _, parts in rows) or 1
    room = max(10, width - NAME_WIDTH - FIGURE_WIDTH - 4)
    size = f"batch {memory.batch_size}"
    size += f", {memory.query_tokens} tokens" if memory.query_tokens else ""
    lines = [rule(f"where each part peaks ({size})", width)]
    for name, parts in rows:
        mark = " ◂" if sum(parts) == largest else ""
        cells = f" {name:<{NAME_WIDTH}}", Span(_stacked(parts, largest, room), "accent")
        lines.append(line(*cells, f"{units.memory(sum(parts)):>{FIGURE_WIDTH}}{mark}"))
    shades = "  ".join(f"{sign} {name}" for name, sign in _SHADES)
    lines += [*wrap(f"{shades}  ◂ the peak", width, " ", "dim"), BLANK]
    return [*lines, *_held(memory, moments, width), *wrap(memory.method, width, " ", "dim")]


def _moments(memory: MemoryProfile, on_processor: bool) -> list[MemoryMoment]:
    """In their order, alike ones once; of the two kinds of step the one that is taken there."""
    found = list(dict.fromkeys(memory.training_moments))
    has_foreach = any(each.phase == "foreach step" for each in found)
    other = "foreach step" if on_processor or not has_foreach else "step"
    return [each for each in found if each.phase != other]


def _parts(moment: MemoryMoment, resident: int) -> tuple[int, ...]:
    return (
        resident, moment.gradients_bytes, moment.optimizer_bytes, moment.activations_bytes,
        moment.temporaries_bytes,
    )  # fmt: skip


def _stacked(parts: Sequence[int], largest: int, room: int) -> str:
    cells = stacked(parts, largest, room)
    signs = (sign for _, sign in _SHADES)
    return "".join(sign * count for sign, count in zip(signs, cells, strict=True)).ljust(room)


def _held(memory: MemoryProfile, moments: Sequence[MemoryMoment], width: int) -> list[Line]:
    peak = max(moments, key=lambda each: each.total_bytes, default=None)
    lines: list[Line] = []
    if peak is not None:
        place = f" in {peak.module}" if peak.module else ""
        lines += _holders(
            f"training peaks in the {peak.phase}{place}, held by", peak.holders, width
        )
    else:
        lines += wrap("No way of training this model could be tracked.", width, " ", "warn")
    return [*lines, *_holders("inference at its peak, held by", memory.inference_holders, width)]


def _holders(title: str, holders: Sequence[Holder], width: int) -> list[Line]:
    if not holders:
        return [rule(f"{title}: not known", width), BLANK]
    largest = max(each.held_bytes for each in holders) or 1
    room = max(10, width // 3)
    name_width = max(10, width - room - FIGURE_WIDTH - 4)
    lines = [rule(title, width)]
    for each in holders:
        name = fit_start(each.module or "(the model itself)", name_width)
        figure = f"{units.memory(each.held_bytes):>{FIGURE_WIDTH}} "
        lines.append(line(f" {name}{figure}", Span(bar(each.held_bytes / largest, room), "accent")))
    return [*lines, BLANK]
