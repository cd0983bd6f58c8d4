"""Models of plain PyTorch, with no library around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - PyTorch's own convention


class UNet(nn.Module):
    """Four levels down by pooling and up by transposed convolutions, with skips."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(5)]
        self.down = nn.ModuleList(
            _double(inner, outer) for inner, outer in zip([3, *widths[:-1]], widths, strict=True)
        )
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(2 * each, each, 2, stride=2) for each in reversed(widths[:-1])
        )
        self.join = nn.ModuleList(_double(2 * each, each) for each in reversed(widths[:-1]))
        self.head = nn.Conv2d(width, 2, 1)

    def forward(self, image: Any) -> Any:
        kept: list[torch.Tensor] = []
        for level in self.down:
            image = level(F.max_pool2d(image, 2) if kept else image)
            kept.append(image)
        image = kept.pop()
        for up, join in zip(self.up, self.join, strict=True):
            image = join(torch.cat([kept.pop(), up(image)], 1))
        return self.head(image)


def _double(inner: int, outer: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(inner, outer, 3, padding=1), nn.BatchNorm2d(outer), nn.ReLU(),
        nn.Conv2d(outer, outer, 3, padding="same"), nn.BatchNorm2d(outer), nn.ReLU(),
    )  # fmt: skip


class RecommendationModel(nn.Module):
    """Bags of categories and dense features, their pairwise products, and a perceptron (DLRM)."""

    def __init__(self) -> None:
        super().__init__()
        self.bags = nn.ModuleList(nn.EmbeddingBag(100_000, 64, mode="sum") for _ in range(8))
        self.bottom = nn.Sequential(nn.Linear(13, 512), nn.ReLU(), nn.Linear(512, 64), nn.ReLU())
        self.top = nn.Sequential(nn.Linear(64 + 81, 512), nn.ReLU(), nn.Linear(512, 1))

    def forward(self, dense: Any, categories: Any) -> Any:
        low = self.bottom(dense)
        features = torch.stack([low, *(bag(categories) for bag in self.bags)], 1)
        pairs = torch.bmm(features, features.transpose(1, 2)).flatten(1)
        return self.top(torch.cat([low, pairs], 1)).sigmoid()


class FourierMixer(nn.Module):
    """Mixing of tokens by a Fourier transform (FNet), then a feed-forward layer."""

    def __init__(self, width: int = 768) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.feed_forward = nn.Sequential(nn.Linear(width, 3072), nn.GELU(), nn.Linear(3072, width))

    def forward(self, x: Any) -> Any:
        mixed = self.norm(x + torch.fft.fft2(x.to(torch.complex64)).real)
        return mixed + self.feed_forward(mixed)


class EinsumAttention(nn.Module):
    """Attention written as contractions, with grouped keys."""

    def __init__(self, width: int = 512) -> None:
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, width // 2)

    def forward(self, x: Any) -> Any:
        batch, tokens, _ = x.shape
        query = self.query(x).view(batch, tokens, 2, 4, 64)
        key, value = self.key_value(x).view(batch, tokens, 2, 2, 64).unbind(2)
        scores = torch.einsum("bqgrd,bkgd->bgrqk", query, key).softmax(-1)
        return torch.einsum("bgrqk,bkgd->bqgrd", scores, value).flatten(2)


class Recurrent(nn.Module):
    """Embedding, a recurrent layer, and a classifier on its last state."""

    def __init__(self, layer: nn.Module, width: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(30_000, 256)
        self.layer = layer
        self.head = nn.Linear(width, 10)

    def forward(self, tokens: Any) -> Any:
        return self.head(self.layer(self.embedding(tokens))[0][:, -1])


def _image(size: int) -> tuple[torch.Tensor, ...]:
    return (torch.empty(1, 3, size, size),)


def _tokens(batch: int, length: int) -> tuple[torch.Tensor, ...]:
    return (torch.zeros(batch, length, dtype=torch.long),)


PLAIN: dict[str, Callable[[], tuple[nn.Module, tuple[torch.Tensor, ...]]]] = {
    "unet": lambda: (UNet(), _image(256)),
    "mlp": lambda: (
        nn.Sequential(nn.Linear(784, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.Linear(4096, 10)),
        (torch.empty(32, 784),),
    ),
    "lstm": lambda: (
        Recurrent(nn.LSTM(256, 512, num_layers=2, batch_first=True, bidirectional=True), 1024),
        _tokens(8, 64),
    ),
    "lstm-projected": lambda: (
        Recurrent(nn.LSTM(256, 512, batch_first=True, proj_size=128), 128),
        _tokens(8, 64),
    ),
    "gru": lambda: (Recurrent(nn.GRU(256, 512, batch_first=True), 512), _tokens(8, 64)),
    "rnn": lambda: (Recurrent(nn.RNN(256, 512, batch_first=True), 512), _tokens(8, 64)),
    "volumes": lambda: (
        nn.Sequential(
            nn.Conv3d(1, 16, 3, padding=1), nn.BatchNorm3d(16), nn.ReLU(),
            nn.Conv3d(16, 32, 3, stride=2, groups=2), nn.ConvTranspose3d(32, 8, 2, stride=2),
        ),
        (torch.empty(1, 1, 32, 32, 32),),
    ),
    "signals": lambda: (
        nn.Sequential(
            nn.Conv1d(1, 64, 16, stride=4), nn.GroupNorm(8, 64), nn.GELU(),
            nn.Conv1d(64, 64, 4, padding="same"), nn.ConvTranspose1d(64, 1, 16, stride=4),
        ),
        (torch.empty(4, 1, 16_000),),
    ),
    "torch-transformer": lambda: (
        nn.TransformerEncoder(
            nn.TransformerEncoderLayer(512, 8, 2048, batch_first=True),
            6,
            enable_nested_tensor=False,
        ),
        (torch.empty(4, 128, 512),),
    ),
    "recommendation": lambda: (
        RecommendationModel(),
        (torch.empty(256, 13), torch.zeros(256, 20, dtype=torch.long)),
    ),
    "fourier-mixer": lambda: (FourierMixer(), (torch.empty(2, 512, 768),)),
    "einsum-attention": lambda: (EinsumAttention(), (torch.empty(2, 128, 512),)),
}  # fmt: skip
