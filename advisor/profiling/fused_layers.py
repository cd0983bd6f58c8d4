"""Operators that are whole layers: recurrent ones, and PyTorch's fused transformer layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from advisor.profiling.calls import Call, TensorFact
from advisor.profiling.matrix import Product


def recurrent(call: Call) -> Product:
    """Every weight matrix of an LSTM, GRU or RNN is applied once to each step and sequence."""
    tokens = math.prod(call.arguments[0].shape[:-1])
    matrices = [each for each in _listed(call.arguments) if len(each.shape) == 2]
    return Product(tokens * sum(math.prod(each.shape) for each in matrices))


def native_attention(call: Call) -> Product:
    """`_native_multi_head_attention(query, key, value, width, heads, weights …)`."""
    query, key = call.arguments[0].shape, call.arguments[1].shape
    batch, queries, width = query
    # One stacked matrix projects all three inputs; one more projects the output.
    projections = batch * width * width * (2 * queries + 2 * key[1])
    return Product(projections + 2 * batch * queries * key[1] * width)


def encoder_layer(call: Call) -> Product:
    """`_transformer_encoder_layer_fwd`: self-attention and a feed-forward of two matrices."""
    batch, tokens, width = call.arguments[0].shape
    matrices = sum(
        math.prod(each.shape)
        for each in call.arguments[1:]
        if isinstance(each, TensorFact) and each.weight and len(each.shape) == 2
    )
    return Product(batch * tokens * matrices + 2 * batch * tokens * tokens * width)


def _listed(arguments: Sequence[Any]) -> list[TensorFact]:
    """The tensors that are inside lists: a recurrent call has its parameters in one."""
    lists = [each for each in arguments if isinstance(each, (list, tuple))]
    return [item for each in lists for item in each if isinstance(item, TensorFact)]
