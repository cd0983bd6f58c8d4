"""Points of convolutions: dense, strided, in groups and depth-wise."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from advisor.measurement.calibration.point import Branches, Built, Point


def convolutions(more: int) -> Iterator[Point]:
    dense = (
        (1, 64, 56, 3), (1, 256, 14, 3), (8, 16, 56, 3), (4, 128, 28, 3), (1, 32, 96, 3),
        (1, 512, 7, 3), (4, 64, 56, 1), (1, 256, 28, 1), (8, 96, 14, 1), (2, 384, 7, 1),
        (4, 1024, 8, 1), (8, 24, 48, 1),
        (2, 8, 28, 3),
    )  # fmt: skip
    for index, (batch, channels, side, kernel) in enumerate(dense):
        yield from _conv(
            batch * more, channels, channels, side, kernel, 1, 1, both_layouts=index % 2 == 0
        )
    strided = ((1, 3, 64, 224, 7, 2), (4, 64, 128, 56, 3, 2), (2, 128, 256, 28, 1, 2),
               (2, 3, 384, 128, 16, 16), (4, 3, 32, 128, 3, 2),
               (16, 1, 16, 28, 3, 1))  # fmt: skip
    for batch, before, after, side, kernel, stride in strided:
        yield from _conv(batch * more, before, after, side, kernel, stride, 1, both_layouts=True)
    for batch, channels, side, kernel in (
        (1, 64, 56, 3), (8, 96, 28, 3), (4, 384, 14, 3), (4, 96, 32, 7), (2, 576, 7, 3),
    ):  # fmt: skip
        yield from _conv(
            batch * more, channels, channels, side, kernel, 1, channels, both_layouts=True
        )
    yield from _conv(4 * more, 96, 96, 56, 3, 2, 96)
    yield from _conv(2 * more, 128, 128, 28, 3, 1, 8, both_layouts=True)


def _conv(
    batch: int, before: int, after: int, side: int, kernel: int, stride: int, groups: int,
    *, both_layouts: bool = False,
) -> Iterator[Point]:  # fmt: skip
    """One point as convolutions lie by default, and one with their channels last."""

    def build() -> Built:
        layers = [
            nn.Conv2d(before, after, kernel, stride, padding=(kernel - 1) // 2, groups=groups)
            for _ in range(4)
        ]
        images = torch.randn(batch, before, side, side)
        if before == after and stride == 1:
            return nn.Sequential(*layers), (images,)
        return Branches(layers), (images,)

    text = f"{batch} of {before} to {after} channels, {side}², kernel {kernel}, stride {stride}"
    text = f"{text}, {groups} groups"
    yield Point("conv", text, build)
    if both_layouts:
        yield Point("conv", f"{text}, channels last", build, "channels-last")
