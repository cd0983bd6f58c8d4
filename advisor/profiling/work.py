"""The work of a model in every phase: merged rows, and multiply-adds by module."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from advisor.models.loaded import LoadedModel
from advisor.profiling.blocks import Shortcut
from advisor.profiling.counting import PhaseCount, Replicate, count_phases
from advisor.profiling.modules import extrapolate_by_module, multiply_adds_by_module
from advisor.profiling.profile import CountedBy, Phase
from advisor.profiling.repeats import UnlikeBlocksError, extrapolate_repeats, merge_repeats


@dataclass(frozen=True)
class Work:
    """What runs in each phase; by module and uncounted are of the first one."""

    phases: tuple[Phase, ...]
    by_module: Mapping[str, int]
    uncounted: Mapping[str, int]
    counted_by: CountedBy
    notes: tuple[str, ...]


def count_work(model: LoadedModel, replicate: Replicate, shortcut: Shortcut | None) -> Work:
    """Count `model` from a few of its blocks where `shortcut` allows it, whole otherwise."""
    if shortcut is not None:
        try:
            return _count_few_blocks(model, replicate, shortcut)
        except UnlikeBlocksError:
            return _count_whole(model, replicate)
    return _count_whole(model, replicate)


def _count_whole(model: LoadedModel, replicate: Replicate) -> Work:
    counts = count_phases(model, replicate)
    return Work(
        phases=tuple(
            replace(each.phase, operators=merge_repeats(each.phase.operators)) for each in counts
        ),
        by_module=multiply_adds_by_module(counts[0].phase.operators),
        uncounted=dict(counts[0].uncounted),
        counted_by=counts[0].counted_by,
        notes=_notes(counts),
    )


def _count_few_blocks(model: LoadedModel, replicate: Replicate, shortcut: Shortcut) -> Work:
    """Raises UnlikeBlocksError where one more period is not one more of the same."""
    shallow = count_phases(shortcut.shallow, replicate)
    deep = count_phases(shortcut.deep, replicate)
    phases = tuple(
        replace(
            more.phase,
            operators=extrapolate_repeats(
                fewer.phase.operators, more.phase.operators, shortcut.more_periods
            ),
        )
        for fewer, more in zip(shallow, deep, strict=True)
    )
    by_module = extrapolate_by_module(
        multiply_adds_by_module(shallow[0].phase.operators),
        multiply_adds_by_module(deep[0].phase.operators),
        model.module,
        shortcut,
    )
    uncounted: Counter[str] = Counter(
        {
            name: shortcut.extrapolate(shallow[0].uncounted[name], calls)
            for name, calls in deep[0].uncounted.items()
        }
    )
    return Work(phases, by_module, dict(uncounted), deep[0].counted_by, _notes(deep))


def _notes(counts: tuple[PhaseCount, ...]) -> tuple[str, ...]:
    return tuple(note for each in counts for note in each.notes)
