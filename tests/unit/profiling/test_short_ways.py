"""Tensors without data come out as the same calls of tensors with data make them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn
from torch._subclasses import FakeTensorMode
from torch._subclasses.fake_tensor import DataDependentOutputException
from torch.utils import _pytree as pytree

from advisor.profiling.fake_tensors import FakeTensors, MetaTensors
from advisor.profiling.short_ways import SHORT_WAYS

aten = torch.ops.aten


def gelu_backward(gradient: torch.Tensor, values: torch.Tensor) -> Any:
    """PyTorch's own crashes on shapes that differ: its kernel reads beyond the gradient."""
    if gradient.shape != values.shape:
        raise IndexError("one gradient for each value")
    return aten.gelu_backward(gradient, values)


POINTWISE = (
    torch.add, torch.sub, torch.mul, torch.div, aten.silu_backward, aten.sigmoid_backward,
    gelu_backward, aten.tanh_backward,
)  # fmt: skip
OF_ONE = (
    torch.neg, torch.sqrt, torch.rsqrt, torch.exp, torch.tanh, torch.sigmoid, torch.relu,
    nn.functional.silu, nn.functional.gelu, torch.zeros_like, torch.empty_like, torch.ones_like,
    lambda x: x * 2, lambda x: x**3, lambda x: x.to(torch.bfloat16), lambda x: x.double(),
    lambda x: x.to(torch.float32, copy=True), lambda x: x.float(), lambda x: x.add_(1),
    lambda x: torch.zeros_like(x, memory_format=torch.preserve_format),
    lambda x: torch.empty_like(x, dtype=torch.float16), lambda x: x / 2, lambda x: x // 2,
    lambda x: x.sum(-1), lambda x: x.sum([0, -1]), lambda x: x.sum(0, keepdim=True), torch.sum,
    lambda x: x.mean(-1, keepdim=True), lambda x: x.mean([0]), lambda x: x.sum([]),
    lambda x: x.sum(-1, dtype=torch.float64), lambda x: x.softmax(-1),
    lambda x: aten._safe_softmax(x, -1), lambda x: x.softmax(-1, dtype=torch.float32),
    lambda x: x.clone(), lambda x: x.contiguous(), lambda x: x.t().contiguous(),
    lambda x: torch.cat([x, x]), lambda x: torch.cat([x, x[:1], x], -2),
    lambda x: torch.cat([x[None].movedim(-1, 1), x[None].movedim(-1, 1)], -1),
    lambda x: torch._foreach_sqrt([x, x]),
    lambda x: x[torch.ones(3, 2, dtype=torch.long, device=x.device)],
    lambda x: x[:, torch.ones(3, dtype=torch.long, device=x.device)],
)  # fmt: skip
VIEWS = (
    lambda x: x.t(), lambda x: x.transpose(0, 1), lambda x: x.permute(1, 0), lambda x: x[1:],
    lambda x: x[:, :1], lambda x: x[0], lambda x: x[:, None], lambda x: x.detach(),
    lambda x: x.unsqueeze(0).squeeze(0), lambda x: x.reshape(-1), lambda x: x.view(-1),
    lambda x: x.split(1), lambda x: x.split([1, x.shape[0] - 1]), lambda x: x.expand(3, *x.shape),
    lambda x: aten._unsafe_view(x, [x.numel()]),
)  # fmt: skip
PRODUCTS = (torch.mm, torch.matmul, nn.functional.linear)
JOINS = (
    lambda x, y: torch.cat([x, y]), lambda x, y: torch.cat([x, y], -1),
    lambda x, y: torch.cat([x[None, None], y[None, None]], 1),
)  # fmt: skip


def arrangements() -> st.SearchStrategy[Callable[[], torch.Tensor]]:
    """How to make a tensor of one or two dimensions: in order, turned around, cut out or spread."""
    shapes = st.sampled_from([(4, 6), (1, 6), (4, 1), (6,), ()])
    dtypes = st.sampled_from([torch.float32, torch.bfloat16, torch.int64])
    ways: Any = st.sampled_from(
        [
            lambda x: x,
            lambda x: x.clone().t().contiguous().t() if x.dim() == 2 else x,
            lambda x: torch.cat([x, x])[: len(x)] if x.dim() else x,
            lambda x: x[..., :1].expand(x.shape) if x.dim() else x,
        ]
    )
    return st.builds(
        lambda shape, dtype, way: lambda: way(torch.ones(shape, dtype=dtype, device="cpu")),
        shapes, dtypes, ways,
    )  # fmt: skip


def facts(made: Any) -> list[Any]:
    """All that is to be known of the tensors in `made` but their values."""
    return [
        (each.shape, each.stride(), each.dtype, each.untyped_storage().nbytes(), each.requires_grad)
        for each in pytree.tree_leaves(made)
    ]


def told(function: Any, makers: Any) -> Any:
    inputs = [make() for make in makers]
    made = function(*inputs)
    shared = [
        each.untyped_storage() is inputs[0].untyped_storage() for each in pytree.tree_leaves(made)
    ]
    return facts(made), shared


def on_meta(make: Callable[[], torch.Tensor]) -> Callable[[], torch.Tensor]:
    def made() -> torch.Tensor:
        real = make()
        whole = torch.empty(real.untyped_storage().nbytes(), dtype=torch.uint8, device="meta")
        return whole.view(real.dtype).as_strided(real.shape, real.stride(), real.storage_offset())

    return made


def check(function: Any, *makers: Callable[[], torch.Tensor]) -> None:
    try:
        real = told(function, makers)
    except (RuntimeError, IndexError):  # no kernel takes these; without data none is asked
        return
    # PyTorch's own ways without data differ in strides, for some mixtures of types.
    with FakeTensorMode():
        fake = told(function, makers)
    with FakeTensors():
        assert told(function, makers) in (real, fake)
    without_storage = [on_meta(each) for each in makers]
    with MetaTensors():
        found = told(function, without_storage)
    assert found in (real, fake) or found == told(function, without_storage)


def spread_in_16_bits() -> torch.Tensor:
    return torch.ones(4, 6, dtype=torch.bfloat16)[:, :1].expand(4, 6)


def turned_around() -> torch.Tensor:
    return torch.ones(6, 4).t()


@settings(deadline=None)
@given(st.sampled_from(POINTWISE), arrangements(), arrangements())
@example(aten.silu_backward, spread_in_16_bits, turned_around)
def test_pointwise_work_of_two(function: Any, one: Any, other: Any) -> None:
    check(function, one, other)


@settings(deadline=None)
@given(st.sampled_from((*OF_ONE, *VIEWS)), arrangements())
def test_work_on_one_and_views(function: Any, one: Any) -> None:
    check(function, one)


@settings(deadline=None)
@given(st.sampled_from(PRODUCTS), arrangements(), arrangements())
def test_products(function: Any, one: Any, other: Any) -> None:
    check(function, one, other)
    check(lambda left, right: function(left, right.t()), one, other)


@settings(deadline=None)
@given(st.sampled_from(JOINS), arrangements(), arrangements())
def test_joins(function: Any, one: Any, other: Any) -> None:
    check(function, one, other)


@settings(deadline=None)
@given(
    st.sampled_from([
        torch.Tensor.add_, torch.Tensor.mul_, torch.Tensor.div_,
        lambda x, y: x.lerp_(y, 0.1), lambda x, y: x.addcmul_(y, y, value=2),
        lambda x, y: x.addcdiv_(y, y), lambda x, y: torch._foreach_addcdiv_([x], [y], [y], [2.0]),
        lambda x, y: torch._foreach_lerp_([x, x], [y, y], 0.1),
        lambda x, y: torch._foreach_addcmul_([x], [y], [y], 2),
        lambda x, y: torch._foreach_mul_([x, y], 2), lambda x, y: torch._foreach_add_([x, y], 2),
        lambda x, y: torch._foreach_div_([x, y], [2.0, 3.0]),
    ]),
    arrangements(), arrangements(),
)  # fmt: skip
def test_work_in_place(function: Any, one: Any, other: Any) -> None:
    check(function, one, other)


def test_the_short_ways_are_of_operators_that_exist() -> None:
    assert len(SHORT_WAYS) >= 30


def counted(mode: Any) -> list[object]:
    with mode:
        steps = torch.tensor(2.0)
        same = steps
        steps += 1
        halves = torch.tensor([0.5])
        halves += 1
        whole = torch.tensor(3)
        whole += 2
        doubled = torch.tensor(2.0).add_(1, alpha=2)
        flag = torch.tensor(True)
        return [
            (each.item(), each.dtype, each.shape, each.device)
            for each in (steps, same, steps * 2 + whole, halves, whole, doubled, flag)
        ]


def test_known_numbers_are_those_of_pytorch() -> None:
    assert counted(FakeTensors()) == counted(FakeTensorMode()) == counted(nullcontext())


def test_a_number_that_is_written_over_is_no_longer_known() -> None:
    with FakeTensors():
        number = torch.tensor(2.0)
        number.copy_(torch.ones(3).sum())
        with pytest.raises(DataDependentOutputException):
            number.item()


def test_new_tensors_lie_as_asked() -> None:
    with FakeTensors():
        made = torch.empty_strided((3, 4), (1, 5), dtype=torch.bfloat16, device="cpu")
    assert (made.shape, made.stride(), made.dtype) == ((3, 4), (1, 5), torch.bfloat16)
    assert (made.device, made.untyped_storage().nbytes()) == (torch.device("cpu"), 36)


@pytest.mark.parametrize("mode", [FakeTensors, MetaTensors])
def test_gradients_are_of_the_shapes_of_the_weights(mode: Any) -> None:
    layers = nn.Sequential(nn.Linear(6, 4), nn.SiLU(), nn.Linear(4, 2))
    with mode():
        copy = layers.to("meta") if mode is MetaTensors else nn.Sequential(
            nn.Linear(6, 4), nn.SiLU(), nn.Linear(4, 2)
        )  # fmt: skip
        device = "meta" if mode is MetaTensors else "cpu"
        copy(torch.ones(3, 6, device=device)).sum().backward()
    gradients = [None if each.grad is None else each.grad.shape for each in copy.parameters()]
    assert gradients == [each.shape for each in layers.parameters()]
