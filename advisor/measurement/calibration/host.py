"""Points of which the host's share shows: tiny operators, tiny models, and blocks of models."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import nn

from advisor.measurement.calibration import library_models
from advisor.measurement.calibration.blocks import (
    DecoderBlock,
    EncoderBlock,
    InvertedBlock,
    ResidualBlock,
)
from advisor.measurement.calibration.point import Built, Point
from advisor.measurement.calibration.products import attend
from advisor.measurement.calibration.streaming import over_images, stream


def tiny() -> Iterator[Point]:
    """Operators too small to take time themselves: what is left is the host's."""
    layers: dict[str, Callable[[], nn.Module]] = {
        "linear": lambda: nn.Linear(8, 8), "layer norm": lambda: nn.LayerNorm(8), "relu": nn.ReLU,
        "softmax": lambda: nn.Softmax(-1),
    }  # fmt: skip
    for name, layer in layers.items():
        yield Point("dispatch", f"tiny {name}", _tiny_chain(layer))
    yield Point("dispatch", "tiny convolution", over_images(1, 4, 6, lambda c: nn.Conv2d(c, c, 1)))
    yield Point("dispatch", "tiny add", stream(torch.add, 2, 8, 2))
    yield Point("dispatch", "tiny cat", stream(lambda x, y: torch.cat((x, y)), 2, 8, 2))
    yield Point("dispatch", "tiny attention", attend(1, 1, 2, 2, 8, causal=False).build)
    yield Point("dispatch", "tiny encoder of transformers", library_models.encoder)
    yield Point("dispatch", "tiny decoder of transformers", library_models.decoder)
    yield Point("dispatch", "tiny convolutions of transformers", library_models.convolutional)


def _tiny_chain(layer: Callable[[], nn.Module]) -> Callable[[], Built]:
    def build() -> Built:
        return nn.Sequential(*(layer() for _ in range(12))), (torch.randn(2, 8),)

    return build


def blocks(more: int) -> Iterator[Point]:
    """What operators take among others; what the host takes, tiny models of a library tell."""
    for batch, tokens, width in ((1, 32, 256), (4, 64, 384), (2, 128, 768)):
        size = batch * more
        for kind in (EncoderBlock, DecoderBlock):
            yield Point(
                "block",
                f"{kind.__name__} {size} × {tokens} × {width}",
                _block(kind, width, (size, tokens, width)),
            )
    for batch, channels, side in ((1, 128, 28), (8, 32, 56)):
        size = batch * more
        for block in (ResidualBlock, InvertedBlock):
            yield Point(
                "block",
                f"{block.__name__} {size} × {channels} × {side}²",
                _block(block, channels, (size, channels, side, side)),
            )


def _block(
    kind: Callable[[int], nn.Module], width: int, shape: tuple[int, ...]
) -> Callable[[], Built]:
    def build() -> Built:
        return nn.Sequential(*(kind(width) for _ in range(2))), (torch.randn(shape),)

    return build
