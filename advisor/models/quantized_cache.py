"""A key-value cache that holds keys and values in 8 or 4 bits, for decoders of transformers.

What enters is quantized at once, and attention reads what is held: a token's logits are the same
whether its prompt came whole or token by token. transformers' own caches read the prompt before it
is quantized, and take a package for integers.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import torch
from torch.utils import _pytree as pytree
from transformers import Cache, DynamicLayer

CacheDtype = Literal["fp8", "int8", "int4"]
GROUP = 64
"""Elements of a token that share a scale and a zero, as transformers' `q_group_size`."""
_FLOAT = torch.float8_e4m3fn
_LEVELS = {"int8": 255, "int4": 15}


class QuantizedLayer(DynamicLayer):  # type: ignore[misc]  # transformers is not typed
    """One layer's keys and values, in codes and what they are scaled by, side by side by token."""

    is_croppable = False

    def __init__(self, dtype: CacheDtype) -> None:
        super().__init__()
        self.format = dtype
        self.held: dict[str, tuple[torch.Tensor, ...]] = {}

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Take (batch, heads, tokens, head size) of each; give back all that is held, unpacked."""
        self.dtype, self.device, self.is_initialized = key_states.dtype, key_states.device, True
        pair = {"keys": key_states, "values": value_states}
        found = [self._appended(name, states) for name, states in pair.items()]
        return found[0], found[1]

    def get_seq_length(self) -> int:
        return self.held["keys"][0].shape[1] if self.held else 0

    def reset(self) -> None:
        self.held = {}
        self.is_initialized = False

    def _appended(self, name: str, states: torch.Tensor) -> torch.Tensor:
        batch, heads, _, size = states.shape
        before = self.held.get(name)
        rows = states.transpose(1, 2).flatten(2)
        joined: tuple[torch.Tensor, ...]
        if self.format == "fp8":
            # One scale for all: that of what came first, as nothing that is held is scaled again.
            codes, scale = _float_codes(rows, None if before is None else before[1])
            joined = codes if before is None else _joined(before[0], codes), scale
            out = joined[0].to(states.dtype) * joined[1].to(states.dtype)
        else:
            parts = _integer_codes(rows, self.format)
            joined = parts if before is None else tuple(map(_joined, before, parts))
            out = _from_integers(joined, self.format, states.dtype)
        self.held[name] = joined
        return out.reshape(batch, -1, heads, size).transpose(1, 2)


def quantized_cache(layers: int, dtype: CacheDtype) -> Cache:
    return Cache(layers=[QuantizedLayer(dtype) for _ in range(layers)])


def held_bytes(cache: Any) -> int:
    """Bytes of all tensors that a cache of transformers holds."""
    held = pytree.tree_leaves([vars(layer) for layer in cache.layers])
    return sum(each.nbytes for each in held if isinstance(each, torch.Tensor))


def _joined(before: torch.Tensor, after: torch.Tensor) -> torch.Tensor:
    # As bytes, since autocast refuses to join floats of types that it does not know.
    parts = [each.contiguous().view(torch.uint8) for each in (before, after)]
    return torch.cat(parts, dim=1).view(before.dtype)


def _float_codes(
    rows: torch.Tensor, scale: torch.Tensor | None
) -> tuple[torch.Tensor, torch.Tensor]:
    most = torch.finfo(_FLOAT).max
    if scale is None:
        scale = (rows.abs().amax().float() / most).clamp(min=torch.finfo(torch.float32).tiny)
    return (rows.float() / scale).clamp(-most, most).to(_FLOAT), scale


def _integer_codes(rows: torch.Tensor, dtype: str) -> tuple[torch.Tensor, ...]:
    """Codes, scales and zeros of (batch, tokens, width), in groups along the width."""
    batch, tokens, width = rows.shape
    if dtype == "int4" and width % 2:
        raise ValueError(f"{width} keys a token: 4-bit codes are held in pairs, so it must be even")
    group = math.gcd(width, GROUP)
    grouped = rows.float().reshape(batch, tokens, width // group, group)
    low, high = grouped.aminmax(dim=-1, keepdim=True)
    zeros = low.half()
    scales = ((high - zeros.float()) / _LEVELS[dtype]).half()
    steps = scales.float().clamp(min=torch.finfo(torch.float16).tiny)
    codes = ((grouped - zeros.float()) / steps).round().clamp(0, _LEVELS[dtype]).byte()
    if dtype == "int4":
        codes = codes[..., ::2] << 4 | codes[..., 1::2]
    return codes, scales, zeros


def _from_integers(held: tuple[torch.Tensor, ...], dtype: str, into: torch.dtype) -> torch.Tensor:
    codes, scales, zeros = held
    if dtype == "int4":
        codes = torch.stack([codes >> 4, codes & 15], dim=-1).flatten(-2)
    return (codes * scales.to(into) + zeros.to(into)).flatten(2)
