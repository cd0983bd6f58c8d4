"""Every storage that operators make: its bytes, what it is for, whose it is, and how long it lives.

The sum of what is alive is known after every operator, so the peak is that of the total, not of
each category at a moment of its own. What a kernel allocates and frees within one call is not
seen.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal, NamedTuple, Protocol

import torch
from torch.utils._python_dispatch import TorchDispatchMode, is_traceable_wrapper_subclass

Category = Literal["parameters", "buffers", "gradients", "optimizer", "activations", "temporaries"]
_DEVICE = torch.ops.prim.device.default
_OF_THE_WEIGHTS = frozenset(["parameters", "buffers"])


class Course(Protocol):
    """Tells which part of the model is at work."""

    @property
    def module(self) -> str: ...
    @property
    def in_forward(self) -> bool: ...


@dataclass(eq=False)
class Held:
    """One storage."""

    bytes: int
    category: Category
    module: str
    of_weights_alone: bool = False
    """Made of nothing but parameters and buffers, so that it does not grow with the inputs."""
    floating: bool = True
    """Of a floating-point format, so that another one changes its bytes."""


class Event(NamedTuple):
    """A storage came (`sign` 1) or went (-1) while the module at `place` was at work."""

    held: Held
    sign: int
    place: str

    @property
    def change(self) -> int:
        """Bytes that it adds to the total."""
        return self.sign * self.held.bytes


class Worked(NamedTuple):
    """An operator that made something, after so many events: its name, what it took and made."""

    events: int
    name: str
    input_bytes: int
    output_bytes: int
    weight_bytes: int


class Ledger(TorchDispatchMode):  # type: ignore[no-untyped-call] # PyTorch's is untyped
    """Books every storage that an operator returns, and its end."""

    def __init__(self, course: Course) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # PyTorch's is untyped
        self.events: list[Event] = []
        self.worked: list[Worked] = []
        self._course = course
        self._open: dict[int, tuple[weakref.ref[Any], Held]] = {}

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Nothing is compiled while memory is tracked; the guard against it costs each operator.
        return False

    def book(self, tensors: Iterable[torch.Tensor], category: Category, module: str) -> None:
        """Take in tensors that are there already, or say what those that are booked are for."""
        for tensor in tensors:
            for plain in plain_tensors(tensor):
                held = self._known(plain) or self._open_account(plain, category, module)
                held.category, held.module = category, module
                held.of_weights_alone = category in _OF_THE_WEIGHTS

    def booked(self, tensors: Iterable[torch.Tensor]) -> Iterator[Held]:
        """The accounts of those of `tensors` that have one."""
        for tensor in tensors:
            for plain in plain_tensors(tensor):
                held = self._known(plain)
                if held is not None:
                    yield held

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        # More than half of all calls; a fake tensor tells its device without another dispatch.
        if func is _DEVICE:
            return args[0].device
        # A subclass made of several tensors takes the call apart; its parts come here again.
        if any(hasattr(each, "__tensor_flatten__") for each in types):
            return NotImplemented
        keywords = kwargs or {}
        given = [self._of(each) for each in _tensors((*args, *keywords.values()))]
        result = func(*args, **keywords)
        made = [each for each in _tensors((result,)) if self._known(each) is None]
        if made:
            alone = bool(given) and all(each.of_weights_alone for each in given)
            # An operator over a list does to each what it does to one.
            over_list = isinstance(result, list) and isinstance(args[0], list)
            for tensor, owner in zip_longest(made, given[: len(made)] if over_list else ()):
                module = None if owner is None else owner.module
                held = self._open_account(tensor, self._category(alone), module)
                held.of_weights_alone = alone
            self._note(func, given, made)
        return result

    def _note(self, func: Any, given: list[Held], made: list[torch.Tensor]) -> None:
        taken = {id(each): each for each in given}.values()
        weights = [each.bytes for each in taken if each.of_weights_alone]
        self.worked.append(
            Worked(
                events=len(self.events),
                name=str(func).removeprefix("aten.").partition(".")[0],
                input_bytes=sum(each.bytes for each in taken if not each.of_weights_alone),
                output_bytes=sum(each.untyped_storage().nbytes() for each in made),
                weight_bytes=max(weights, default=0),  # without the bias
            )
        )

    def _category(self, weights_alone: bool) -> Category:
        return "activations" if self._course.in_forward and not weights_alone else "temporaries"

    def _of(self, tensor: torch.Tensor) -> Held:
        """The account of an argument; data that a loss brings along is first seen here."""
        return self._known(tensor) or self._open_account(tensor, "activations")

    def _known(self, tensor: torch.Tensor) -> Held | None:
        storage = tensor.untyped_storage()
        reference, held = self._open.get(id(storage), (None, None))
        return held if reference is not None and reference() is storage else None

    def _open_account(
        self, tensor: torch.Tensor, category: Category, module: str | None = None
    ) -> Held:
        storage = tensor.untyped_storage()
        here = self._course.module
        path = here if module is None else module
        held = Held(storage.nbytes(), category, path, floating=tensor.is_floating_point())
        self.events.append(Event(held, 1, here))
        key = id(storage)

        def close(_: object) -> None:
            self.events.append(Event(held, -1, self._course.module))
            self._open.pop(key, None)

        self._open[key] = weakref.ref(storage, close), held
        return held


def plain_tensors(tensor: torch.Tensor) -> Iterator[torch.Tensor]:
    """The tensors that hold the bytes of `tensor`: itself, or the parts of a wrapper."""
    if is_traceable_wrapper_subclass(tensor):
        names, _ = tensor.__tensor_flatten__()
        for part in (getattr(tensor, name) for name in names):
            if isinstance(part, torch.Tensor):  # of one divided over ranks, the mesh of them is not
                yield from plain_tensors(part)
    else:
        yield from _with_storage(tensor)


def _with_storage(tensor: torch.Tensor) -> Iterator[torch.Tensor]:
    """`tensor`, or indices and values of a sparse one; nothing for layouts that hide theirs."""
    if tensor.layout is torch.strided:
        yield tensor
    elif tensor.layout is torch.sparse_coo:
        yield from (tensor._indices(), tensor._values())  # noqa: SLF001 - works uncoalesced too


def _tensors(values: Any) -> Iterator[torch.Tensor]:
    """The tensors among the arguments or results of an operator, which nests lists at most."""
    for each in values:
        if isinstance(each, torch.Tensor):
            yield from _with_storage(each)
        elif isinstance(each, (tuple, list)):
            yield from _tensors(each)
