"""What a forward pass holds while each of its operators runs, so that a strategy can add to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from advisor.profiling.kinds import work_kind
from advisor.profiling.ledger import Event, Held, Worked
from advisor.profiling.profile import WorkingKind, WorkingMoment

_OF_THE_MODEL = frozenset(["parameters", "buffers"])


def working_moments(
    events: Sequence[Event], worked: Sequence[Worked], whole_weight_bytes: int
) -> tuple[WorkingMoment, ...]:
    """The moments of a pass that none of the same kind exceeds in every byte.

    Where a few blocks ran for many, each block holds what its like holds. Those left out come
    before the last, and the most is kept by then: what is missing of `whole_weight_bytes`, all
    parameters of the whole model, has been seen as well, its norms with it.
    """
    held = list(accumulate(_activation_change(each) for each in events))
    integers = list(
        accumulate(0 if each.held.floating else _activation_change(each) for each in events)
    )
    left_out = max(whole_weight_bytes - sum(each.bytes for each in _weights(events)), 0)
    seen, moments = 0, []
    for each in worked:
        kind = _kind(each)
        seen += 0 if kind == "other" else each.weight_bytes
        moments.append(
            WorkingMoment(
                kind=kind,
                held_bytes=held[each.events - 1],
                input_bytes=each.input_bytes,
                output_bytes=each.output_bytes,
                weight_bytes=0 if kind == "other" else each.weight_bytes,
                seen_weight_bytes=min(seen + left_out, whole_weight_bytes) if seen else 0,
                integer_bytes=integers[each.events - 1],
            )
        )
    return tuple(_largest(moments))


def _activation_change(event: Event) -> int:
    return 0 if event.held.category in _OF_THE_MODEL else event.change


def _weights(events: Iterable[Event]) -> Iterator[Held]:
    return (each.held for each in events if each.sign > 0 and each.held.category == "parameters")


def _kind(worked: Worked) -> WorkingKind:
    if not worked.weight_bytes:
        return "other"
    kind = work_kind(worked.name)
    return "linear" if kind == "matmul" else "conv" if kind == "conv" else "other"


def _largest(moments: Iterable[WorkingMoment]) -> Iterator[WorkingMoment]:
    """In order of what is held; equal ones once."""
    kept: list[WorkingMoment] = []
    ranked = sorted(set(moments), key=lambda each: (-each.held_bytes, -each.seen_weight_bytes))
    for moment in ranked:
        if not any(_exceeds(other, moment) for other in kept):
            kept.append(moment)
            yield moment


def _exceeds(one: WorkingMoment, other: WorkingMoment) -> bool:
    return one.kind == other.kind and all(
        getattr(one, name) >= getattr(other, name)
        for name in (
            "held_bytes", "input_bytes", "output_bytes", "weight_bytes", "seen_weight_bytes",
            "integer_bytes",
        )
    )  # fmt: skip
