"""FLOPs beside the multiply-adds follow the conventions that the module states."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - PyTorch's own convention

from advisor.models.loaded import LoadedModel
from advisor.profiling.counting import count_phases
from advisor.profiling.replica import meta_replica

IMAGE = torch.ones(2, 4, 8, 8)


class Calling(nn.Module):
    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Any) -> Any:
        return self.function(*inputs)


def other_flops(function: Any, *inputs: torch.Tensor) -> int | None:
    module = function if isinstance(function, nn.Module) else Calling(function)
    count = count_phases(LoadedModel("test", module.eval(), inputs), meta_replica)[0]
    assert not count.uncounted
    return sum(row.other_flops or 0 for row in count.phase.operators)


@pytest.mark.parametrize(
    ("function", "inputs", "expected"),
    [
        (F.gelu, (IMAGE,), IMAGE.numel()),
        (F.hardswish, (IMAGE,), IMAGE.numel()),
        (torch.add, (IMAGE, torch.ones(8)), IMAGE.numel()),
        (torch.sum, (IMAGE,), IMAGE.numel()),
        (lambda x: x.softmax(-1), (IMAGE,), 5 * IMAGE.numel()),
        (nn.BatchNorm2d(4), (IMAGE,), 2 * IMAGE.numel()),
        (nn.LayerNorm(8), (IMAGE,), 5 * IMAGE.numel()),
        (nn.GroupNorm(2, 4), (IMAGE,), 5 * IMAGE.numel()),
        (nn.RMSNorm(8), (IMAGE,), 4 * IMAGE.numel()),
        (lambda x: F.max_pool2d(x, 2), (IMAGE,), IMAGE.numel()),
        (lambda x: F.avg_pool2d(x, (4, 2)), (IMAGE,), IMAGE.numel()),
        (
            lambda x: F.interpolate(x, scale_factor=2.0, mode="bilinear"),
            (IMAGE,),
            2 * 4 * 4 * IMAGE.numel(),
        ),
        (
            lambda x, grid: F.grid_sample(x, grid, align_corners=False),
            (IMAGE, torch.ones(2, 3, 5, 2)),
            2 * 4 * (2 * 4 * 3 * 5),
        ),
        (torch.fft.fft, (IMAGE.to(torch.complex64),), 5 * IMAGE.numel() * math.log2(8)),
        (torch.fft.rfft2, (IMAGE,), 2.5 * IMAGE.numel() * math.log2(64)),
        (torch.fft.fftn, (torch.ones(8, 4).to(torch.complex64),), 5 * 32 * math.log2(32)),
        (
            lambda x: torch.istft(x, 64, center=False),
            (torch.ones(2, 33, 7, dtype=torch.complex64),),
            2 * 7 * 64 * (2.5 * 6 + 1),
        ),
        (nn.EmbeddingBag(10, 6), (torch.zeros(3, 5, dtype=torch.long),), 3 * 5 * 6),
        (nn.Embedding(10, 6), (torch.zeros(3, 5, dtype=torch.long),), 0),
        (lambda x: x.transpose(0, 1).contiguous(), (IMAGE,), 0),
        (lambda x: x.topk(2).values, (IMAGE,), 0),
        (lambda x: x > 0, (IMAGE,), 0),
        (nn.Linear(8, 8), (IMAGE,), 0),
    ],
)
def test_follows_the_convention(function: Any, inputs: Any, expected: float) -> None:
    assert other_flops(function, *inputs) == expected


@pytest.mark.parametrize(("layer", "operations"), [(nn.LSTM, 9), (nn.GRU, 8), (nn.RNN, 1)])
def test_recurrent_cells_count_each_hidden_unit(layer: Any, operations: int) -> None:
    steps = torch.ones(5, 3, 8)
    made = other_flops(layer(8, 16, num_layers=2, bidirectional=True), steps)
    assert made == operations * 5 * 3 * 16 * 2 * 2
