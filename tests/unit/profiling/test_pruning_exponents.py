"""Which sides of each weight shrink when channels inside the model are removed."""

from __future__ import annotations

import torch
from torch import nn

from advisor.models.loaded import LoadedModel
from advisor.profiling.run import profile


def weight_exponents(module: nn.Module, *inputs: torch.Tensor) -> list[float]:
    rows = profile(LoadedModel("test", module, inputs)).phases[0].operators
    return [row.pruning_exponent for row in rows if row.kind in ("matmul", "conv")]


def test_first_and_last_layers_keep_one_side() -> None:
    layers = nn.Sequential(
        nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 5)
    )
    assert weight_exponents(layers, torch.ones(2, 3)) == [1.0, 2.0, 1.0]


def test_a_single_layer_keeps_both_sides() -> None:
    assert weight_exponents(nn.Linear(3, 4), torch.ones(2, 3)) == [0.0]


def test_depthwise_convolutions_lose_one_filter_for_each_channel() -> None:
    layers = nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3, groups=8), nn.Conv2d(8, 12, 1), nn.Conv2d(12, 4, 1)
    )
    assert weight_exponents(layers, torch.ones(1, 3, 9, 9)) == [1.0, 1.0, 2.0, 1.0]


def test_an_embedding_is_a_weight_before_the_first_projection() -> None:
    layers = nn.Sequential(nn.Embedding(10, 16), nn.Linear(16, 24), nn.Linear(24, 10))
    assert weight_exponents(layers, torch.ones(1, 4, dtype=torch.long)) == [2.0, 1.0]
