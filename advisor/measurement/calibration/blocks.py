"""Blocks as models have them: several kinds of operators, in modules within modules.

A chain of one operator finds its code and its inputs in the nearest cache and has next to no
Python around it. These tell what the same operators take in a model.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class RmsNorm(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        wide = hidden.to(torch.float32)
        wide = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-6)
        normed: torch.Tensor = self.weight * wide.to(hidden.dtype)
        return normed


class Attention(nn.Module):
    def __init__(self, width: int, head_width: int, *, causal: bool) -> None:
        super().__init__()
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width)
        self.value, self.out = nn.Linear(width, width), nn.Linear(width, width)
        self.head_width = head_width
        self.causal = causal

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        shape = (*hidden.shape[:2], -1, self.head_width)
        query, key, value = (
            layer(hidden).view(shape).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        if self.causal:
            query, key = _rotated(query), _rotated(key)
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=self.causal)
        joined: torch.Tensor = self.out(mixed.transpose(1, 2).reshape(hidden.shape))
        return joined


def _rotated(states: torch.Tensor) -> torch.Tensor:
    """Half of each head against the other, as rotary positions do it; the angles do not matter."""
    first, second = states.chunk(2, dim=-1)
    return states * 0.5 + torch.cat((-second, first), dim=-1) * 0.5


class EncoderBlock(nn.Module):
    def __init__(self, width: int, head_width: int = 32) -> None:
        super().__init__()
        self.attention = Attention(width, head_width, causal=False)
        self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(0.1)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        hidden = self.before(self.dropout(self.attention(hidden)) + hidden)
        wide = functional.gelu(self.widen(hidden))
        normed: torch.Tensor = self.after(self.dropout(self.narrow(wide)) + hidden)
        return normed


class DecoderBlock(nn.Module):
    def __init__(self, width: int, head_width: int = 32) -> None:
        super().__init__()
        self.attention = Attention(width, head_width, causal=True)
        self.before, self.after = RmsNorm(width), RmsNorm(width)
        self.gate, self.up = nn.Linear(width, 3 * width), nn.Linear(width, 3 * width)
        self.down = nn.Linear(3 * width, width)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        hidden = hidden + self.attention(self.before(hidden))
        normed = self.after(hidden)
        added: torch.Tensor = self.down(functional.silu(self.gate(normed)) * self.up(normed))
        return hidden + added


class ResidualBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(channels) for _ in range(2)])
        self.activation = nn.ReLU()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        inner = self.activation(self.norms[0](self.first(images)))
        activated: torch.Tensor = self.activation(self.norms[1](self.second(inner)) + images)
        return activated


class InvertedBlock(nn.Module):
    def __init__(self, channels: int, expansion: int = 4) -> None:
        super().__init__()
        wide = channels * expansion
        self.expand = nn.Sequential(nn.Conv2d(channels, wide, 1), nn.BatchNorm2d(wide), nn.ReLU6())
        self.depthwise = nn.Sequential(
            nn.Conv2d(wide, wide, 3, padding=1, groups=wide), nn.BatchNorm2d(wide), nn.ReLU6()
        )
        self.project = nn.Sequential(nn.Conv2d(wide, channels, 1), nn.BatchNorm2d(channels))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        added: torch.Tensor = self.project(self.depthwise(self.expand(images)))
        return images + added
