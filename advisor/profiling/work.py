"""The work of a model in every phase: merged rows, and multiply-adds by module."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from advisor.models.loaded import LoadedModel
from advisor.profiling.blocks import Shortcut
from advisor.profiling.counting import PhaseCount, Replicate, count_phases
from advisor.profiling.kinds import base_name
from advisor.profiling.modules import multiply_adds_by_module, spread_over_blocks
from advisor.profiling.profile import CountedBy, Operator, Phase
from advisor.profiling.repeats import UnlikeBlocksError, merge_repeats, of_all_blocks


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
            return count_few_blocks(replicate, shortcut)
        except UnlikeBlocksError:
            return count_whole(model, replicate)
    return count_whole(model, replicate)


def count_whole(model: LoadedModel, replicate: Replicate) -> Work:
    """Count every block of `model`."""
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


def count_few_blocks(replicate: Replicate, shortcut: Shortcut) -> Work:
    """Count all blocks from a few of each kind.

    Raises UnlikeBlocksError where one more block is not one more of the same.
    """
    sample = count_phases(shortcut.sample, replicate)
    operators = [of_all_blocks(each.phase.operators, shortcut) for each in sample]
    first = sample[0]
    return Work(
        phases=tuple(
            replace(each.phase, operators=merge_repeats(rows))
            for each, rows in zip(sample, operators, strict=True)
        ),
        by_module=spread_over_blocks(
            multiply_adds_by_module(first.phase.operators),
            multiply_adds_by_module(operators[0]),
            shortcut,
        ),
        uncounted=_uncounted(first, operators[0]),
        counted_by=first.counted_by,
        notes=_notes(sample),
    )


def _uncounted(sample: PhaseCount, whole: Iterable[Operator]) -> dict[str, int]:
    """Calls without a count in the whole model, by how often the calls of that name are in it."""
    seen = _calls_by_name(sample.phase.operators)
    total = _calls_by_name(whole)
    return {
        name: calls * total[base] // seen[base] if seen[base] else calls
        for name, calls in sample.uncounted.items()
        for base in [base_name(name)]
    }


def _calls_by_name(operators: Iterable[Operator]) -> Counter[str]:
    calls: Counter[str] = Counter()
    for each in operators:
        calls[each.name] += each.repeats
    return calls


def _notes(counts: tuple[PhaseCount, ...]) -> tuple[str, ...]:
    return tuple(note for each in counts for note in each.notes)
