"""What a run held, as stretches of events, and where it held most; told for more blocks than ran.

A run passes through the blocks of a chain in order and, in the backward pass, back again. What a
block adds to the total and how far it rises meanwhile is the same for every block like it that has
blocks before and after it, so the course of a deep model is put together from a run with its first
block, one of each kind in between, and its last.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from advisor.profiling.ledger import Category, Event
from advisor.profiling.profile import MemoryPhase

_NUMBER = re.compile(r"(?<![^.])\d+(?![^.])")

_STEPS: tuple[MemoryPhase, ...] = ("step", "foreach step")


class UnlikeCourseError(Exception):
    """The run did not pass through the blocks in order, so nothing follows for a deeper model."""


@dataclass(frozen=True)
class FewBlocks:
    """Which of the blocks that ran each block of the whole model is like; none for all of it."""

    likeness: tuple[int, ...] = ()
    block: Callable[[str], int | None] = lambda _: None
    """The number of the block that the module at a path is in; None outside of them."""
    in_block: Callable[[str, int], str] = lambda path, _: path
    """The path of the same module in another block."""

    @property
    def told_from(self) -> str:
        return f"from {self.ran} of its {len(self.likeness)} blocks"

    @cached_property
    def ran(self) -> int:
        """How many blocks ran."""
        return max(self.likeness, default=-1) + 1

    @cached_property
    def _likenesses(self) -> Counter[int]:
        return Counter(self.likeness)

    def times(self, event: Event) -> int:
        """How often the whole model has an event that happened outside of the blocks."""
        block = self.block(event.held.module)
        return 1 if block is None else self._likenesses[block]


ALL_BLOCKS = FewBlocks()


@dataclass(frozen=True)
class Moment:
    """Everything alive at one event; `by_module` has `*` for the numbers in its paths."""

    phase: MemoryPhase
    module: str
    by_category: Counter[Category]
    by_module: Counter[str]

    @property
    def total_bytes(self) -> int:
        return sum(self.by_category.values())


@dataclass(frozen=True)
class Rise:
    """What a stretch adds, how far it rises above its start, and after how many of its events."""

    net: int
    highest: int
    events: int


@dataclass(frozen=True)
class Stretch:
    """Consecutive events, each as many times as the whole model has it."""

    events: Sequence[Event]
    times: Sequence[int]

    @cached_property
    def rise(self) -> Rise:
        return _rise(
            each.change * times for each, times in zip(self.events, self.times, strict=True)
        )

    @cached_property
    def rise_beside_gradients(self) -> Rise:
        changes = zip(self.events, self.times, strict=True)
        return _rise(
            0 if each.held.category == "gradients" else each.change * times
            for each, times in changes
        )

    def added(self, events: int | None = None) -> Counter[tuple[Category, str]]:
        """Bytes that the first `events`, or all, add to each category and module."""
        added: Counter[tuple[Category, str]] = Counter()
        for each, times in zip(self.events[:events], self.times[:events], strict=True):
            module = _NUMBER.sub("*", each.held.module)
            added[each.held.category, module] += each.change * times
        return added


def _rise(changes: Iterator[int]) -> Rise:
    total = highest = at = 0
    for number, change in enumerate(changes, 1):
        total += change
        if total > highest:
            highest, at = total, number
    return Rise(total, highest, at)


@dataclass(frozen=True)
class Passage:
    """A stretch of the whole model, and the number of its block there."""

    stretch: Stretch
    block: int | None = None


class Timeline:
    """The course of the whole model, phase after phase."""

    def __init__(self, blocks: FewBlocks = ALL_BLOCKS) -> None:
        self._blocks = blocks
        self._past: list[Passage] = []

    def outside(self, events: Sequence[Event]) -> list[Passage]:
        """What happens with all blocks at once: they are there, the optimizer steps."""
        return [Passage(Stretch(events, [self._blocks.times(each) for each in events]))]

    def forward(self, events: Sequence[Event]) -> list[Passage]:
        """What happens before the blocks, in and between them, and after the last.

        Raises UnlikeCourseError where the blocks did not run one after the other.
        """
        within: list[list[Event]] = []
        after: list[list[Event]] = [[]]
        for event in events:
            block = self._blocks.block(event.place)
            if block is None:
                after[-1].append(event)
                continue
            if block == len(within):
                within.append([])
                after.append([])
            if block != len(within) - 1 or after[-1]:
                raise UnlikeCourseError(f"block {block} ran more than once or out of order")
            within[block].append(event)
        self._require_all(len(within))
        own = [_once(each) for each in within]
        between = [_once(each) for each in after]
        passages = self.outside(after[0])
        for number, like in enumerate(self._blocks.likeness):
            passages.append(Passage(own[like], number))
            if like + 1 < self._blocks.ran:
                passages.append(Passage(between[like + 1]))
        if not within:
            return passages
        # What it was given goes once the last block returns, as after every block.
        gone = next((at for at, each in enumerate(after[-1]) if each.sign > 0), len(after[-1]))
        return [*passages, Passage(_once(after[-1][:gone])), *self.outside(after[-1][gone:])]

    def backward(self, events: Sequence[Event]) -> list[Passage]:
        """What happens before the last block's gradients, in each block, and after the first.

        Raises UnlikeCourseError where the gradients did not pass the blocks one after the other.
        """
        found: list[list[Event]] = [[]]
        for event in events:
            block = self._blocks.block(event.place)
            following = self._blocks.ran - len(found)
            if block == following:
                found.append([])
            elif block is not None and block != following + 1:
                raise UnlikeCourseError(f"gradients passed block {block} out of order")
            found[-1].append(event)
        self._require_all(len(found) - 1)
        own = [_once(each) for each in reversed(found[1:])]
        deep = [*enumerate(self._blocks.likeness)]
        passages = (Passage(own[like], number) for number, like in reversed(deep))
        return [*self.outside(found[0]), *passages]

    def _require_all(self, seen: int) -> None:
        if seen != self._blocks.ran:
            raise UnlikeCourseError(f"{seen} of {self._blocks.ran} blocks were seen at work")

    def pass_through(self, passages: Sequence[Passage]) -> None:
        """Let them be over, so that what they left is held from here on."""
        self._past.extend(passages)

    def peak(
        self, phase: MemoryPhase, passages: Sequence[Passage], *, beside_gradients: bool = False
    ) -> Moment:
        """What is held where the total, or all but gradients, is largest in `passages`.

        What was held at their start counts too.
        """
        total = highest = at = events = 0
        for number, passage in enumerate(passages):
            stretch = passage.stretch
            rise = stretch.rise_beside_gradients if beside_gradients else stretch.rise
            if total + rise.highest > highest:
                highest, at, events = total + rise.highest, number, rise.events
            total += rise.net
        added = passages[at].stretch.added(events)
        return self._moment(phase, passages, at, events, added)

    def _moment(
        self,
        phase: MemoryPhase,
        passages: Sequence[Passage],
        at: int,
        events: int,
        held: Counter[tuple[Category, str]],
    ) -> Moment:
        over = [*self._past, *passages[:at]]
        stretches = {id(each.stretch): each.stretch for each in over}
        for key, often in Counter(id(each.stretch) for each in over).items():
            for whose, added in stretches[key].added().items():
                held[whose] += often * added
        by_category: Counter[Category] = Counter()
        by_module: Counter[str] = Counter()
        for (category, module), held_bytes in held.items():
            by_category[category] += held_bytes
            by_module[module] += held_bytes
        place = "" if phase in _STEPS else self._place(passages[at], events)
        return Moment(phase, place, by_category, by_module)

    def _place(self, passage: Passage, events: int) -> str:
        """The module at work in the whole model."""
        happened = passage.stretch.events[:events] or self._past[-1].stretch.events[-1:]
        place = happened[-1].place if happened else ""
        if passage.block is None or self._blocks.block(place) is None:
            return place
        return self._blocks.in_block(place, passage.block)


def _once(events: Sequence[Event]) -> Stretch:
    return Stretch(events, [1] * len(events))
