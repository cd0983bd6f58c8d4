"""Tiny models of transformers: next to no arithmetic, so that their time is the host's.

The Python around each operator (modules, keyword arguments, masks, caches) is the larger part of
what the host takes in a real model, and no block of ours has it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class Bare(nn.Module):
    """A model that takes one tensor and returns one, without a cache."""

    def __init__(self, model: nn.Module, keywords: dict[str, Any]) -> None:
        super().__init__()
        self.model = model
        self.keywords = keywords

    def forward(self, tensor: torch.Tensor) -> torch.Tensor:
        first: torch.Tensor = self.model(tensor, return_dict=True, **self.keywords)[0]
        return first


def encoder() -> tuple[nn.Module, tuple[torch.Tensor, ...]]:
    from transformers import ElectraConfig, ElectraModel

    config = ElectraConfig(
        vocab_size=64, embedding_size=32, hidden_size=32, num_hidden_layers=4,
        num_attention_heads=2, intermediate_size=64, max_position_embeddings=16,
    )  # fmt: skip
    return Bare(ElectraModel(config), {}), (torch.zeros(1, 4, dtype=torch.long),)


def decoder() -> tuple[nn.Module, tuple[torch.Tensor, ...]]:
    from transformers import MistralConfig, MistralForCausalLM

    config = MistralConfig(
        vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=4,
        num_attention_heads=2, num_key_value_heads=1, sliding_window=None,
    )  # fmt: skip
    model = MistralForCausalLM(config)
    return Bare(model, {"use_cache": False}), (torch.zeros(1, 4, dtype=torch.long),)


def masked_encoder() -> tuple[nn.Module, tuple[torch.Tensor, ...]]:
    from transformers import MPNetConfig, MPNetModel

    config = MPNetConfig(
        vocab_size=64, hidden_size=32, num_hidden_layers=4, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=16,
    )  # fmt: skip
    return Bare(MPNetModel(config), {}), (torch.zeros(1, 4, dtype=torch.long),)


def older_decoder() -> tuple[nn.Module, tuple[torch.Tensor, ...]]:
    from transformers import OPTConfig, OPTForCausalLM

    config = OPTConfig(
        vocab_size=64, hidden_size=32, word_embed_proj_dim=32, ffn_dim=64, num_hidden_layers=4,
        num_attention_heads=2, max_position_embeddings=16,
    )  # fmt: skip
    model = OPTForCausalLM(config)
    return Bare(model, {"use_cache": False}), (torch.zeros(1, 4, dtype=torch.long),)


def convolutional() -> tuple[nn.Module, tuple[torch.Tensor, ...]]:
    from transformers import RegNetConfig, RegNetModel

    config = RegNetConfig(
        embedding_size=8, hidden_sizes=[8, 8, 8, 8], depths=[1, 2, 2, 1], groups_width=8
    )
    return Bare(RegNetModel(config), {}), (torch.randn(1, 3, 16, 16),)


MODELS = {
    "encoder": encoder, "masked encoder": masked_encoder, "decoder": decoder,
    "older decoder": older_decoder, "convolutions": convolutional,
}  # fmt: skip
