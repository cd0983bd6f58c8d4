"""Which sides of each weight shrink when channels inside the model are removed."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from advisor.models.loaded import LoadedModel
from advisor.profiling.counting import count_phases, runnable_replica
from advisor.profiling.run import profile
from tests.zoo.zoo import build, with_tokens


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


class Block(nn.Module):
    """Attention and a gated feed-forward layer, each beside a residual stream."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(16, 16) for _ in range(4))
        self.gate, self.up, self.down = nn.Linear(16, 40), nn.Linear(16, 40), nn.Linear(40, 16)
        self.norm, self.head = nn.LayerNorm(16), nn.Linear(16, 100)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        attended = nn.functional.scaled_dot_product_attention(
            self.query(hidden), self.key(hidden), self.value(hidden)
        )
        hidden = hidden + self.out(attended)
        normed = self.norm(hidden)
        hidden = hidden + self.down(nn.functional.silu(self.gate(normed)) * self.up(normed))
        logits: torch.Tensor = self.head(hidden)
        return logits


def test_beside_attention_only_feed_forward_layers_get_narrower() -> None:
    phase = profile(LoadedModel("test", Block(), (torch.ones(1, 4, 16),))).phases[0]
    narrower = {
        row.module for row in phase.operators if row.weight_bytes and row.pruning_exponent == 1
    }
    assert narrower == {"gate", "up", "down"}
    assert {row.pruning_exponent for row in phase.operators} == {0.0, 1.0}
    between = [row for row in phase.operators if row.name in ("silu", "silu_", "mul")]
    assert [row.pruning_exponent for row in between] == [1.0, 1.0]


FEED_FORWARD = ("gate_proj", "up_proj", "down_proj")
MIXTURES = {
    "mixtral-8x7b": ("experts",),
    "qwen2-moe-a2.7b": ("experts", *FEED_FORWARD),
    "qwen3-30b-a3b": ("experts",),
    "deepseek-v3": ("experts", *FEED_FORWARD),
    "gpt-oss-20b": ("experts",),
}
"""What gets narrower, of all that has weights; routers, latents, heads and projections do not."""


@pytest.mark.parametrize("name", MIXTURES)
def test_in_every_block_of_a_mixture_only_its_experts_get_narrower(name: str) -> None:
    model = with_tokens(build(name, shallow=True), 16)
    (prefill, decode) = count_phases(model, runnable_replica(model))
    for phase in (prefill.phase, decode.phase):
        rows = [row for row in phase.operators if row.kind == "matmul" and row.weight_bytes]
        assert {"0", "1"} <= {part for row in rows for part in row.module.split(".")}
        assert {row.module: row.pruning_exponent for row in rows} == {
            row.module: float(row.module.endswith(MIXTURES[name])) for row in rows
        }


class Bottleneck(nn.Module):
    """Attention, and a feed-forward layer of three weights that is narrower than the stream."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.out = nn.Linear(16, 16), nn.Linear(16, 16)
        self.first, self.middle, self.last = nn.Linear(16, 8), nn.Linear(8, 8), nn.Linear(8, 16)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        query = self.query(hidden)
        attended = nn.functional.scaled_dot_product_attention(query, query, query)
        hidden = hidden + self.out(attended)
        inner: torch.Tensor = self.last(self.middle(self.first(hidden).relu()).relu())
        return hidden + inner


def test_a_weight_between_two_that_get_narrower_loses_both_sides() -> None:
    module = Bottleneck()
    assert weight_exponents(module, torch.ones(1, 4, 16)) == [0.0, 0.0, 1.0, 2.0, 1.0]
