"""Operators that fvcore lacks, each against a count worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import library, nn
from torch.nn import functional as F  # noqa: N812 - PyTorch's own convention
from torch.nn.attention.flex_attention import flex_attention

from advisor.models.loaded import LoadedModel
from advisor.profiling.counting import PhaseCount, count_phases
from advisor.profiling.replica import meta_replica, sharing_replica

EIGHT_BIT = torch.ones(32, 16).to(torch.float8_e4m3fn)
EXPERT_ENDS = torch.tensor([8, 16, 24, 32], dtype=torch.int32)


class Calling(nn.Module):
    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Any) -> Any:
        return self.function(*inputs)


def counted(function: Any, *inputs: torch.Tensor, copy: Any = meta_replica) -> PhaseCount:
    module = function if isinstance(function, nn.Module) else Calling(function)
    return count_phases(LoadedModel("test", module.eval(), inputs), copy)[0]


def multiply_adds(count: PhaseCount) -> int:
    return sum(row.multiply_adds for row in count.phase.operators)


@pytest.mark.parametrize(
    ("function", "inputs", "expected"),
    [
        (torch._int_mm, (torch.ones(32, 16).char(), torch.ones(16, 24).char()), 32 * 16 * 24),
        (
            lambda a, b, s: torch._scaled_mm(a, b.t(), s, s, out_dtype=torch.bfloat16),
            (EIGHT_BIT, EIGHT_BIT, torch.ones(())),
            32 * 16 * 32,
        ),
        (
            lambda a, b, ends: torch._grouped_mm(a, b, offs=ends),
            (torch.ones(32, 16).bfloat16(), torch.ones(4, 16, 24).bfloat16(), EXPERT_ENDS),
            32 * 16 * 24,
        ),
        (
            torch._weight_int8pack_mm,
            (torch.ones(8, 16).bfloat16(), torch.ones(24, 16).char(), torch.ones(24).bfloat16()),
            8 * 16 * 24,
        ),
        (torch.inner, (torch.ones(2, 3, 4), torch.ones(5, 4)), 6 * 4 * 5),
        (torch.cdist, (torch.ones(2, 30, 4), torch.ones(2, 50, 4)), 2 * 30 * 4 * 50),
        (
            lambda a, b: torch.tensordot(a, b, dims=([0, 2], [1, 0])),
            (torch.ones(2, 3, 4), torch.ones(4, 2, 5)),
            3 * 8 * 5,
        ),
        (
            lambda a, b: torch.einsum("...ij,jk", a, b),
            (torch.ones(7, 2, 3), torch.ones(3, 4)),
            7 * 2 * 3 * 4,
        ),
        (
            lambda a, b, c: torch.einsum("ij,jk,kl->il", a, b, c),
            (torch.ones(2, 3), torch.ones(3, 4), torch.ones(4, 5)),
            2 * 3 * 4 + 2 * 4 * 5,
        ),
        (
            lambda a, b, c: torch.linalg.multi_dot([a, b, c]),
            (torch.ones(10, 3), torch.ones(3, 20), torch.ones(20, 2)),
            3 * 20 * 2 + 10 * 3 * 2,
        ),
        (
            lambda a, b, c: torch.linalg.multi_dot([a, b, c]),
            (torch.ones(3), torch.ones(3, 20), torch.ones(20)),
            3 * 20 + 3,
        ),
        (
            lambda a: F.affine_grid(a, [5, 1, 4, 6], align_corners=False),
            (torch.ones(5, 2, 3),),
            5 * 4 * 6 * 3 * 2,
        ),
        (torch.vmap(lambda each: each @ each.t()), (torch.ones(2, 3, 4),), 72),
        # i is summed away before the product, as nothing needs it.
        (
            lambda a, b: torch.einsum("ij,jk->k", a, b),
            (torch.ones(2, 3), torch.ones(3, 4)),
            3 * 4,
        ),
        (
            nn.TransformerEncoderLayer(16, 2, 32, batch_first=True),
            (torch.ones(2, 8, 16),),
            2 * 8 * (4 * 16 * 16 + 2 * 16 * 32) + 2 * 2 * 8 * 8 * 16,
        ),
    ],
)
@pytest.mark.parametrize("copy", [meta_replica, sharing_replica])
def test_multiply_adds(function: Any, inputs: Any, expected: int, copy: Any) -> None:
    count = counted(function, *inputs, copy=copy)
    assert multiply_adds(count) == expected
    assert (count.counted_by, dict(count.uncounted)) == ("fvcore", {})


@pytest.mark.parametrize("causal", [False, True])
def test_attention_of_other_tokens_with_grouped_keys_and_wide_values(causal: bool) -> None:
    def attend(query: Any, key: Any, value: Any) -> Any:
        return F.scaled_dot_product_attention(query, key, value, is_causal=causal, enable_gqa=True)

    query, key, value = torch.ones(2, 8, 5, 16), torch.ones(2, 2, 9, 16), torch.ones(2, 2, 9, 32)
    (row,) = counted(attend, query, key, value).phase.operators
    assert row.multiply_adds == 2 * 8 * 5 * 9 * (16 + 32)
    assert row.other_flops == 5 * 2 * 8 * 5 * 9


def test_flex_attention_is_counted_under_fake_tensors() -> None:
    def causal(score: Any, batch: Any, head: Any, query: Any, key: Any) -> Any:
        return torch.where(query >= key, score, -math.inf)

    def attend(query: Any, key: Any, value: Any) -> Any:
        return flex_attention(query, key, value, score_mod=causal)

    tensor = torch.ones(2, 4, 16, 8)
    count = counted(attend, tensor, tensor, tensor)
    assert count.counted_by == "FlopCounterMode"
    assert multiply_adds(count) == 2 * 4 * 16 * 16 * 8 * 2


def test_a_library_operator_is_listed_with_its_traffic() -> None:
    with library._scoped_library("advisor_test", "DEF") as operators:
        operators.define("twice(Tensor x) -> Tensor")
        operators.impl("twice", lambda x: 2 * x, "CompositeExplicitAutograd")
        count = counted(torch.ops.advisor_test.twice, torch.ones(6))
    (row,) = count.phase.operators
    assert count.uncounted == {"twice": 1}
    assert (row.other_flops, row.total_bytes) == (None, 2 * 6 * 4)


class Doubling(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any) -> Any:
        return x @ weight

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise NotImplementedError


def test_inside_a_custom_autograd_function_is_counted_another_way() -> None:
    count = counted(Doubling.apply, torch.ones(2, 3), torch.ones(3, 4))
    assert (count.counted_by, multiply_adds(count)) == ("FlopCounterMode", 2 * 3 * 4)
    assert "Doubling" in count.notes[0]
