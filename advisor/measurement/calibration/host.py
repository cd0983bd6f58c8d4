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
from advisor.measurement.calibration.point import Built, Point, in_a_row
from advisor.measurement.calibration.products import attend
from advisor.measurement.calibration.streaming import over_images, stream


def tiny(more: int) -> Iterator[Point]:
    """Operators too small to take time themselves: what is left is the host's."""
    layers: dict[str, Callable[[], nn.Module]] = {
        "linear": lambda: nn.Linear(8, 8), "layer norm": lambda: nn.LayerNorm(8), "relu": nn.ReLU,
        "softmax": lambda: nn.Softmax(-1),
    }  # fmt: skip
    times = in_a_row(more)
    for name, layer in layers.items():
        yield Point("dispatch", f"tiny {name}", _tiny_chain(layer, in_a_row(more, 12)))
    kernels = {"1 × 1": (1, 1), "3 × 3": (3, 1), "in groups": (3, 2), "depth-wise": (3, 8)}
    for name, (kernel, groups) in kernels.items():
        yield Point(
            "dispatch", f"tiny convolution, {name}", _tiny_convolution(kernel, groups, times)
        )
    yield Point("dispatch", "tiny add", stream(torch.add, 2, 8, 2, times))
    yield Point("dispatch", "tiny cat", stream(lambda x, y: torch.cat((x, y)), 2, 8, 2, times))
    yield Point(
        "dispatch", "tiny attention", attend(1, 1, 2, 2, 8, causal=False, times=times).build
    )
    for name, build in library_models.MODELS.items():
        yield Point("dispatch", f"tiny {name} of transformers", build)


def interrupted() -> Iterator[Point]:
    """The same models, with nothing left in the nearest caches after each of their modules."""
    for name, build in library_models.MODELS.items():
        text = f"tiny {name} of transformers, interrupted"
        yield Point("dispatch", text, build, interrupted=True)


def _tiny_convolution(kernel: int, groups: int, times: int) -> Callable[[], Built]:
    return over_images(
        1, 8, 6, times, lambda c: nn.Conv2d(c, c, kernel, padding=kernel // 2, groups=groups)
    )


def _tiny_chain(layer: Callable[[], nn.Module], times: int) -> Callable[[], Built]:
    def build() -> Built:
        return nn.Sequential(*(layer() for _ in range(times))), (torch.randn(2, 8),)

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
