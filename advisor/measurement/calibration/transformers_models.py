"""Models of transformers: the Python around their operators is what no module of ours has.

It (modules within modules, keyword arguments, masks, caches) is the larger part of what the host
takes in a real model. Tiny ones do next to no arithmetic, so that their time is the host's; those
of a usual size tell what the projection of a whole model misses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from advisor.measurement.calibration.point import Built

_HEAD_WIDTH = 64
_LEAST_VOCABULARY = 64


@dataclass(frozen=True)
class Size:
    """Sequences of tokens, or square images of as many rows; the width is also of channels."""

    batch: int
    tokens: int
    width: int
    layers: int = 2

    def __str__(self) -> str:
        return f"{self.batch} × {self.tokens} × {self.width}"

    @property
    def heads(self) -> int:
        return max(self.width // _HEAD_WIDTH, 2)

    @property
    def vocabulary(self) -> int:
        """Enough that every token can be another."""
        return max(self.batch * self.tokens, _LEAST_VOCABULARY)


TINY = Size(1, 4, 32, layers=4)
TINY_IMAGES = Size(1, 16, 8)


class Bare(nn.Module):
    """A model that takes one tensor and returns one, without a cache."""

    def __init__(self, model: nn.Module, keywords: dict[str, Any]) -> None:
        super().__init__()
        self.model = model
        self.keywords = keywords

    def forward(self, tensor: torch.Tensor) -> torch.Tensor:
        first: torch.Tensor = self.model(tensor, return_dict=True, **self.keywords)[0]
        return first


def encoder(size: Size) -> Built:
    from transformers import ElectraConfig, ElectraModel

    config = ElectraConfig(
        vocab_size=size.vocabulary, embedding_size=size.width, hidden_size=size.width,
        num_hidden_layers=size.layers, num_attention_heads=size.heads,
        intermediate_size=4 * size.width, max_position_embeddings=4 * size.tokens,
    )  # fmt: skip
    return Bare(ElectraModel(config), {}), (_tokens(size),)


def masked_encoder(size: Size) -> Built:
    from transformers import MPNetConfig, MPNetModel

    config = MPNetConfig(
        vocab_size=size.vocabulary, hidden_size=size.width, num_hidden_layers=size.layers,
        num_attention_heads=size.heads, intermediate_size=4 * size.width,
        max_position_embeddings=4 * size.tokens,
    )  # fmt: skip
    return Bare(MPNetModel(config), {}), (_tokens(size),)


def decoder(size: Size) -> Built:
    from transformers import MistralConfig, MistralForCausalLM

    config = MistralConfig(
        vocab_size=size.vocabulary, hidden_size=size.width, intermediate_size=3 * size.width,
        num_hidden_layers=size.layers, num_attention_heads=size.heads,
        num_key_value_heads=size.heads // 2, sliding_window=None,
    )  # fmt: skip
    return Bare(MistralForCausalLM(config), {"use_cache": False}), (_tokens(size),)


def older_decoder(size: Size) -> Built:
    from transformers import OPTConfig, OPTForCausalLM

    config = OPTConfig(
        vocab_size=size.vocabulary, hidden_size=size.width, word_embed_proj_dim=size.width,
        ffn_dim=4 * size.width, num_hidden_layers=size.layers, num_attention_heads=size.heads,
        max_position_embeddings=4 * size.tokens,
    )  # fmt: skip
    return Bare(OPTForCausalLM(config), {"use_cache": False}), (_tokens(size),)


def convolutional(size: Size) -> Built:
    from transformers import RegNetConfig, RegNetModel

    config = RegNetConfig(
        embedding_size=size.width, hidden_sizes=[size.width] * 4, depths=[1, 2, 2, 1],
        groups_width=size.width,
    )  # fmt: skip
    return Bare(RegNetModel(config), {}), (torch.randn(size.batch, 3, size.tokens, size.tokens),)


def _tokens(size: Size) -> torch.Tensor:
    return torch.zeros(size.batch, size.tokens, dtype=torch.long)


MODELS: dict[str, Callable[[Size], Built]] = {
    "encoder": encoder, "masked encoder": masked_encoder, "decoder": decoder,
    "older decoder": older_decoder, "convolutions": convolutional,
}  # fmt: skip
