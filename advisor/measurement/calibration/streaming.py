"""Points of operators that are bound by their traffic, or by an exponential for each element."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import torch
from torch import nn
from torch.nn import functional

from advisor.measurement.calibration.point import Built, Chain, Point, in_a_row


def streaming(more: int) -> Iterator[Point]:
    steps: dict[str, Callable[..., torch.Tensor]] = {
        "add": torch.add, "mul": torch.mul, "relu": torch.relu, "gelu": functional.gelu,
        "silu": functional.silu, "tanh": torch.tanh, "softmax": lambda x: torch.softmax(x, -1),
        "layer_norm": lambda x: functional.layer_norm(x, x.shape[-1:]),
        "pow": lambda x: x.pow(2), "mean": lambda x: x * x.mean(-1, keepdim=True),
        "hardtanh": functional.relu6, "sigmoid": torch.sigmoid, "neg": torch.neg,
        "rsqrt": torch.rsqrt, "pad": lambda x: functional.pad(x, (1, 1))[:, 1:-1],
        "reshape": lambda x: x.view(len(x), -1, 64).transpose(0, 1).reshape(x.shape),
        "cast": lambda x: x.to(_other(x.dtype)).to(x.dtype),
        "cat": lambda x, y: torch.cat((x, y), 0).narrow(0, 0, len(x)),
        "transpose": lambda x: x.view(len(x), -1, 64).transpose(0, 1).contiguous().view_as(x),
    }  # fmt: skip
    times = in_a_row(more)
    for rows, columns in ((32, 256), (256 * more, 768), (512 * more, 3072)):
        for name, step in steps.items():
            operands = 2 if name in ("add", "mul", "cat") else 1
            text = f"{name} ({rows}, {columns})"
            yield Point("streaming", text, stream(step, rows, columns, operands, times))
    if more == 1:
        yield from _beyond_the_cache(steps)
    yield Point(
        "streaming",
        f"max_pool by halves {4 * more} × 48 × 16²",
        over_images(4 * more, 48, 16, times, lambda _: nn.MaxPool2d(2)),
    )
    for batch, channels, side in ((1, 64, 56), (8 * more, 128, 28)):
        yield Point(
            "streaming",
            f"batch_norm {batch} × {channels} × {side}²",
            over_images(batch, channels, side, times, nn.BatchNorm2d),
        )
        yield Point(
            "streaming",
            f"max_pool {batch} × {channels} × {side}²",
            over_images(batch, channels, side, times, lambda c: nn.MaxPool2d(3, 1, 1)),
        )
        yield Point(
            "streaming",
            f"max_pool by halves {batch} × {channels} × {side}²",
            over_images(batch, channels, 2 * side, times, lambda c: nn.MaxPool2d(2)),
        )
        yield Point(
            "streaming",
            f"max_pool of a stem {batch} × {channels} × {side}²",
            over_images(batch, channels, 2 * side, times, lambda c: nn.MaxPool2d(3, 2, 1)),
        )
        yield Point(
            "streaming",
            f"upsample {batch} × {channels} × {side}²",
            over_images(batch, channels, side, times, lambda c: nn.Upsample(scale_factor=2)),
        )
    for batch, heads, context in ((1, 8, 256), (4 * more, 12, 512)):
        yield Point(
            "streaming",
            f"cache of {batch} × {heads} × {context}",
            _grow(batch, heads, context, times),
        )
    for rows in (64, 4096):
        yield Point("streaming", f"embedding of {rows}", _embed(rows))


def _beyond_the_cache(steps: Mapping[str, Callable[..., torch.Tensor]]) -> Iterator[Point]:
    """Steps over more than a processor's last cache holds: what memory itself gives."""
    for name in ("add", "relu", "layer_norm"):
        operands = 2 if name == "add" else 1
        build = stream(steps[name], 4096, 3072, operands, 1)
        yield Point("streaming", f"{name} (4096, 3072)", build)


def _other(dtype: torch.dtype) -> torch.dtype:
    return torch.bfloat16 if dtype == torch.float32 else torch.float32


def stream(
    step: Callable[..., torch.Tensor], rows: int, columns: int, operands: int, times: int
) -> Callable[[], Built]:
    def build() -> Built:
        return Chain(step, times), tuple(torch.randn(operands, rows, columns))

    return build


def over_images(
    batch: int, channels: int, side: int, times: int, layer: Callable[[int], nn.Module]
) -> Callable[[], Built]:
    def build() -> Built:
        layers = [layer(channels) for _ in range(times)]
        return nn.Sequential(*layers), (torch.randn(batch, channels, side, side),)

    return build


def _grow(batch: int, heads: int, context: int, times: int) -> Callable[[], Built]:
    """One more key behind those of a cache, as each step of an eager decoder appends it."""

    def build() -> Built:
        keys, one = (torch.randn(batch, heads, tokens, 64) for tokens in (context, 1))
        return Chain(lambda held, new: torch.cat((held, new), dim=-2), times), (keys, one)

    return build


def _embed(rows: int) -> Callable[[], Built]:
    def build() -> Built:
        return nn.Embedding(16000, 512), (torch.randint(16000, (rows,)),)

    return build
