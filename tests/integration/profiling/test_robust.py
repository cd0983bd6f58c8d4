"""Models that are wrapped, tied, hooked or unusual: profiled right, or refused with the reason."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch._C._distributed_c10d import FileStore
from torch.nn.utils import parametrizations

from advisor.errors import CancelledError
from advisor.models.loaded import LoadedModel
from advisor.profiling.profile import ModelProfile
from advisor.profiling.run import profile

WIDTH, BATCH = 8, 4
ONE = BATCH * WIDTH * WIDTH
"""Multiply-adds of one linear layer."""
PARAMETERS = WIDTH * WIDTH + WIDTH


def linear(dtype: torch.dtype = torch.float32) -> nn.Linear:
    return nn.Linear(WIDTH, WIDTH, dtype=dtype)


class Twice(nn.Module):
    """`second` may be the same module as `first`, or share its weight."""

    def __init__(self, first: nn.Module, second: nn.Module) -> None:
        super().__init__()
        self.first, self.second = first, second

    def forward(self, x: Any) -> Any:
        return self.second(self.first(x))


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return 2 * x

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        (x,) = ctx.saved_tensors
        return 2 * gradients[0] + 0 * x


class WithCustomFunction(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = linear()

    def forward(self, x: Any) -> Any:
        double: Any = Doubled.apply
        return double(self.linear(x))


class DataDependent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = linear()

    def forward(self, x: Any) -> Any:
        y = self.linear(x)
        return self.linear(y) if y.sum() > -1e9 else y


class InTwoTypes(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.full, self.narrow = linear(), linear(torch.bfloat16)

    def forward(self, x: Any) -> Any:
        return self.narrow(self.full(x).to(torch.bfloat16))


@torch.jit.script
def at_most(x: torch.Tensor, limit: float) -> torch.Tensor:
    """Its constant is a tensor with data, wherever `x` is."""
    return torch.where(x > limit, torch.tensor(limit).type_as(x), x)


class WithScriptedFunction(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = linear()

    def forward(self, x: Any) -> Any:
        return at_most(self.linear(x), 1.0)


class WithUnusedResult(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = linear()

    def forward(self, x: Any) -> Any:
        self.linear(x)
        return self.linear(x)


class ReturningAnObject(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = linear()

    def forward(self, x: Any) -> Any:
        return SimpleNamespace(logits=self.linear(x), words="of no use")


def tied() -> nn.Module:
    first, second = linear(), linear()
    second.weight = first.weight
    return Twice(first, second)


def shared() -> nn.Module:
    layer = linear()
    return Twice(layer, layer)


def hooked() -> nn.Module:
    layer: Any = linear()
    layer.register_forward_pre_hook(lambda module, inputs: (inputs[0] + 1,))
    layer.register_forward_hook(lambda module, inputs, output: output * 2)
    layer.weight.register_hook(lambda gradient: gradient * 2)
    hooked_layer: nn.Module = layer
    return hooked_layer


def compiled_in_place() -> nn.Module:
    layer = linear()
    layer.compile()
    return layer


def compiled_inside() -> nn.Module:
    return Twice(torch.compile(linear()), linear())  # type: ignore[arg-type] # it is a module


CASES: dict[str, tuple[Callable[[], Any], int, int]] = {
    "tied weights": (tied, 2 * ONE, PARAMETERS + WIDTH),
    "shared submodule": (shared, 2 * ONE, PARAMETERS),
    "hooks": (hooked, ONE, PARAMETERS),
    "custom autograd function": (WithCustomFunction, ONE, PARAMETERS),
    "scripted function": (WithScriptedFunction, ONE, PARAMETERS),
    "data-dependent control flow": (DataDependent, 2 * ONE, PARAMETERS),
    "two types": (InTwoTypes, 2 * ONE, 2 * PARAMETERS),
    "a result that nothing uses": (WithUnusedResult, 2 * ONE, PARAMETERS),
    "an object of its own returned": (ReturningAnObject, ONE, PARAMETERS),
    "compiled": (lambda: torch.compile(linear()), ONE, PARAMETERS),
    "compiled in place": (compiled_in_place, ONE, PARAMETERS),
    "compiled inside": (compiled_inside, 2 * ONE, 2 * PARAMETERS),
    "data parallel": (lambda: nn.DataParallel(linear()), ONE, PARAMETERS),
    "parametrized": (lambda: parametrizations.weight_norm(linear()), ONE, PARAMETERS + WIDTH),
    "frozen": (lambda: linear().requires_grad_(requires_grad=False), ONE, PARAMETERS),
}
"""How to make each, its multiply-adds, and its parameters."""


def profiled(module: Any) -> ModelProfile:
    return profile(LoadedModel("test", module, (torch.ones(BATCH, WIDTH),)))


@pytest.mark.parametrize("name", CASES)
def test_is_profiled_right(name: str) -> None:
    build, multiply_adds, parameters = CASES[name]
    made = profiled(build())
    assert made.multiply_adds == multiply_adds
    assert made.parameters == parameters
    if name != "frozen":
        assert made.memory.training_peak_bytes is not None


def test_a_model_that_lies_on_two_devices_is_profiled_right() -> None:
    made = profiled(Twice(linear(), linear().to("meta")))
    assert (made.multiply_adds, made.parameters) == (2 * ONE, 2 * PARAMETERS)


def test_a_model_with_nothing_to_train_says_so() -> None:
    made = profiled(linear().requires_grad_(requires_grad=False))
    assert made.memory.training_peak_bytes is None
    assert any("takes a gradient" in note for note in made.notes)


@pytest.fixture
def process_group(tmp_path: Any) -> Any:
    store = FileStore(str(tmp_path / "store"), 1)
    torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()


def test_a_model_in_ddp_is_profiled_as_the_model(process_group: Any) -> None:
    made = profiled(nn.parallel.DistributedDataParallel(linear()))
    assert (made.multiply_adds, made.model_type) == (ONE, "Linear")


def state(module: nn.Module) -> dict[str, Any]:
    return {
        "values": {key: value.clone() for key, value in module.state_dict().items()},
        "modes": [each.training for each in module.modules()],
        "hooks": [(len(each._forward_hooks), len(each._forward_pre_hooks))
                  for each in module.modules()],
        "gradients": [(each.requires_grad, each.grad) for each in module.parameters()],
        "identities": [id(each) for each in (*module.parameters(), *module.buffers())],
    }  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_profiling_changes_nothing(name: str) -> None:
    module = nn.Sequential(CASES[name][0](), nn.BatchNorm1d(WIDTH), nn.Dropout())
    if name in ("two types", "an object of its own returned"):
        module = nn.Sequential(CASES[name][0]())
    module[-1].eval()
    before, drawn = state(module), (torch.get_rng_state(), random.getstate(), np.random.get_state())
    profiled(module)
    after = state(module)
    for key, value in before.pop("values").items():
        assert torch.equal(after["values"][key], value)
    assert {key: after[key] for key in before} == before
    assert torch.equal(torch.get_rng_state(), drawn[0])
    assert random.getstate() == drawn[1]
    assert str(np.random.get_state()) == str(drawn[2])


@pytest.mark.parametrize("set_aside", [False, True])
def test_a_heap_that_was_set_aside_stays_so_and_no_other(set_aside: bool) -> None:
    if set_aside:
        gc.freeze()
    profiled(linear())
    assert bool(gc.get_freeze_count()) == set_aside
    gc.unfreeze()


def messages(module: nn.Module) -> list[tuple[str, float]]:
    told: list[tuple[str, float]] = []
    model = LoadedModel("test", module, (torch.ones(BATCH, WIDTH),))
    profile(model, lambda doing, done: told.append((doing, done)))
    return told


def test_progress_only_moves_forward_and_ends_done() -> None:
    shares = [done for _, done in messages(linear())]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("after", range(4))
def test_a_profile_can_be_cancelled_at_each_message(after: int) -> None:
    told: list[str] = []

    def cancel(doing: str, done: float) -> None:
        told.append(doing)
        if len(told) > after:
            raise CancelledError("stopped by the user")

    with pytest.raises(CancelledError):
        profile(LoadedModel("test", linear(), (torch.ones(BATCH, WIDTH),)), cancel)
    assert len(told) == after + 1
