"""Multiply-adds that a reader can work out by hand."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - PyTorch's own convention

from advisor.models.loaded import LoadedModel
from advisor.profiling.profile import Operator
from advisor.profiling.run import profile


def operators(module: nn.Module, *inputs: torch.Tensor) -> tuple[Operator, ...]:
    return profile(LoadedModel("test", module, inputs)).phases[0].operators


def only(rows: tuple[Operator, ...], kind: str) -> Operator:
    (row,) = (each for each in rows if each.kind == kind)
    return row


class GroupedQueryAttention(nn.Module):
    def forward(self, query: Any, key: Any, value: Any) -> Any:
        return F.scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)


class TwoOperands(nn.Module):
    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, left: Any, right: Any) -> Any:
        return self.function(left, right)


class Inverting(nn.Module):
    def forward(self, x: Any) -> Any:
        return torch.linalg.inv(torch.linalg.inv(x)) @ x


def test_linear_has_its_sizes_and_bytes() -> None:
    row = only(operators(nn.Linear(64, 32), torch.ones(4, 7, 64)), "matmul")
    assert (row.m, row.n, row.k, row.batch) == (28, 32, 64, 1)
    assert row.multiply_adds == 28 * 32 * 64
    assert row.weight_bytes == 4 * (32 * 64 + 32)
    assert row.input_bytes == 4 * 28 * 64
    assert row.output_bytes == 4 * 28 * 32


@pytest.mark.parametrize(
    ("convolution", "shape", "expected"),
    [
        (nn.Conv2d(3, 8, 3, padding=1), (2, 3, 10, 10), (200, 8, 27, 1)),
        (nn.Conv2d(8, 16, 3, groups=4, padding=1), (2, 8, 5, 5), (50, 4, 18, 4)),
        (nn.Conv2d(8, 8, 3, groups=8), (1, 8, 5, 5), (9, 1, 9, 8)),
        (nn.Conv1d(4, 6, 2, stride=2), (3, 4, 8), (12, 6, 8, 1)),
        (nn.ConvTranspose2d(4, 6, 2, stride=2), (1, 4, 5, 5), (25, 24, 4, 1)),
    ],
)
def test_convolution_is_the_matrix_product_it_amounts_to(
    convolution: Any, shape: Any, expected: Any
) -> None:
    row = only(operators(convolution, torch.ones(shape)), "conv")
    m, n, k, batch = expected
    assert (row.m, row.n, row.k, row.batch) == expected
    assert row.multiply_adds == m * n * k * batch


def test_grouped_query_attention_counts_query_heads_and_reads_few_keys() -> None:
    query, key = torch.ones(2, 8, 5, 16), torch.ones(2, 2, 9, 16)
    row = only(operators(GroupedQueryAttention(), query, key, key), "attention")
    assert (row.m, row.n, row.k, row.batch) == (5, 9, 16, 16)
    assert row.multiply_adds == 2 * 16 * 5 * 9 * 16
    assert row.input_bytes == 4 * (query.numel() + 2 * key.numel())


@pytest.mark.parametrize(
    ("function", "left", "right", "expected"),
    [
        (torch.matmul, (2, 3, 4, 5), (2, 3, 5, 6), (4, 6, 5, 6)),
        (torch.matmul, (2, 1, 4, 5), (3, 5, 6), (4, 6, 5, 6)),
        (torch.matmul, (4, 5), (5,), (4, 1, 5, 1)),
        (torch.bmm, (7, 4, 5), (7, 5, 6), (4, 6, 5, 7)),
        (lambda a, b: torch.einsum("bij,bkj->bik", a, b), (7, 4, 5), (7, 6, 5), (4, 6, 5, 7)),
        (lambda a, b: torch.baddbmm(torch.zeros(1), a, b), (7, 4, 5), (7, 5, 6), (4, 6, 5, 7)),
    ],
)
def test_products_of_activations(function: Any, left: Any, right: Any, expected: Any) -> None:
    row = only(operators(TwoOperands(function), torch.ones(left), torch.ones(right)), "matmul")
    m, n, k, batch = expected
    assert row.multiply_adds == m * n * k * batch
    assert (row.m, row.n, row.k, row.batch) == expected
    assert row.weight_bytes == 0


def test_recurrent_layer_applies_every_matrix_to_every_step() -> None:
    rows = operators(nn.LSTM(8, 16, num_layers=2), torch.ones(5, 3, 8))
    matrices = 4 * 16 * (8 + 16) + 4 * 16 * (16 + 16)
    assert only(rows, "matmul").multiply_adds == 5 * 3 * matrices


def test_views_have_no_row_and_copies_have_one() -> None:
    class Reshaping(nn.Module):
        def forward(self, x: Any) -> Any:
            return x.view(6, 4)[:3].t().contiguous()

    (row,) = operators(Reshaping(), torch.ones(2, 3, 4))
    assert (row.name, row.kind) == ("contiguous", "copy")
    assert row.output_bytes == 4 * 12


def test_work_without_a_count_is_listed_with_its_calls() -> None:
    made = profile(LoadedModel("test", Inverting(), (torch.ones(3, 3),)))
    assert made.multiply_adds == 27
    assert made.uncounted_operators == {"linalg_inv": 2}
    # Two inverses read and write one matrix each, the product reads two and writes one.
    assert made.uncounted_traffic == {"linalg_inv": pytest.approx(4 / 7)}


def test_activations_are_no_multiply_adds_but_counted() -> None:
    made = profile(LoadedModel("test", nn.Sequential(nn.GELU(), nn.GELU()), (torch.ones(3),)))
    assert (made.multiply_adds, made.other_flops) == (0, 6)
    assert not made.uncounted_operators
