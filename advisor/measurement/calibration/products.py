"""Points of matrix products: with weights, of activations, and those of attention."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import nn
from torch.nn import functional

from advisor.measurement.calibration.point import Branches, Built, Chain, Point, in_a_row

COLD_BYTES = 64 * 2**20
"""Weights of layers side by side that no last-level cache holds from one run to the next."""
MIDDLE_BYTES = 16 * 2**20
"""Weights that a last-level cache holds if nobody else uses it."""
WARM_BYTES = 4 * 2**20
LEAST_INTEGER_ROWS = 16
"""`torch._int_mm` of CUDA refuses so many rows or fewer; torchao then computes in 32-bit floats
(`safe_int_mm`), which tells nothing about integers."""
_MOST_LAYERS = 64
_MOST_WORK = 256 * 768 * 3072


def products(more: int) -> Iterator[Point]:
    widths = ((96, 96), (256, 1024), (1024, 256), (768, 768))
    for m in (1, 2, 16 * more, 128 * more, 512 * more):
        for k, n in widths:
            if m * k * n <= more * _MOST_WORK:
                yield Point("matmul", f"({m}, {k}) by {n}", _linear(m, k, n, WARM_BYTES))
    yield Point("matmul", f"({128 * more}, 768) by 3072", _linear(128 * more, 768, 3072, 0))
    for m, k, n in ((32 * more, 384, 6144), (128 * more, 512, 8192)):
        yield Point("matmul", f"({m}, {k}) by {n}", _linear(m, k, n, 0))
    for m, k, n in ((1, 256, 256), (2, 384, 1152), (8, 640, 640), (32 * more, 320, 320)):
        yield Point("matmul", f"({m}, {k}) by {n}, middle", _linear(m, k, n, MIDDLE_BYTES))
    yield from _cold()
    for m, k, n in (
        (1, 256, 256), (1, 512, 2048), (2, 768, 768), (16, 512, 512), (256, 512, 2048),
    ):  # fmt: skip
        yield Point(
            "matmul", f"transposed ({m}, {k}) by {n}", _linear(m, k, n, WARM_BYTES, Transposed)
        )
    for m, k, n in ((1, 640, 640), (2, 384, 1536), (2, 1536, 384), (2, 768, 768), (16, 640, 640)):
        build = _linear(m, k, n, COLD_BYTES, Transposed)
        yield Point("matmul", f"transposed ({m}, {k}) by {n}, cold", build)


def _cold() -> Iterator[Point]:
    """Short rows and long ones apart: memory takes as long to begin either."""
    for m, k, n in (
        (1, 768, 768), (1, 640, 12288), (1, 12288, 640), (2, 640, 12288), (2, 12288, 640),
        (2, 384, 1536), (4, 768, 768), (4, 896, 2304), (16, 640, 12288), (16, 640, 1920),
        (16, 2304, 896), (16, 3072, 3072), (32, 320, 320), (64, 768, 3072), (64, 1536, 5120),
        (128, 1024, 1024),
    ):  # fmt: skip
        yield Point("matmul", f"({m}, {k}) by {n}, cold", _linear(m, k, n, COLD_BYTES))


def quantized(more: int) -> Iterator[Point]:
    """Linear layers in few bits, with all that their quantization takes."""
    for m, k, n in (
        (1, 64, 64), (1, 768, 3072), (4, 512, 512), (16, 1024, 1024), (32, 256, 1024),
        (128 * more, 256, 256), (128 * more, 1024, 4096), (512 * more, 768, 2304),
        (1024 * more, 384, 1152), (16, 3072, 3072), (64, 2048, 6144),
    ):  # fmt: skip
        if more > 1 and m <= LEAST_INTEGER_ROWS:
            continue
        build = _linear(m, k, n, WARM_BYTES)
        yield Point("matmul", f"int8 ({m}, {k}) by {n}", build, "int8-dynamic", every_format=False)
    for m, k, n in ((1, 256, 256), (2, 768, 768), (8, 640, 1920), (4, 640, 12288), (64, 512, 2048)):
        for held, text in ((WARM_BYTES, ""), (COLD_BYTES, ", cold")):
            build = _linear(m, k, n, held)
            yield Point(
                "matmul", f"int8 weights ({m}, {k}) by {n}{text}", build, "int8-weight-only",
                every_format=False,
            )  # fmt: skip
    if more == 1:
        yield from _four_bits()


def _four_bits() -> Iterator[Point]:
    """Those of a processor, whose product with 32-bit floats is a kernel of its own."""
    for m, k, n in (
        (1, 64, 256), (1, 768, 768), (4, 256, 256), (16, 256, 256), (64, 128, 128), (128, 64, 256),
    ):  # fmt: skip
        build = _linear(m, k, n, 0)
        yield Point(
            "matmul", f"int4 weights ({m}, {k}) by {n}", build, "int4-weight-only",
            every_format=False,
        )  # fmt: skip


class Transposed(nn.Module):
    """A linear layer whose weight lies as (inputs, outputs), as GPT-2 keeps it."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs))
        self.bias = nn.Parameter(torch.empty(outputs))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return torch.addmm(self.bias, rows, self.weight)


def _linear(
    m: int, k: int, n: int, weights_bytes: int, layer: Callable[[int, int], nn.Module] = nn.Linear
) -> Callable[[], Built]:
    def build() -> Built:
        of_each = k * n * torch.get_default_dtype().itemsize
        many = max(2, min(_MOST_LAYERS, round(weights_bytes / of_each)))
        return Branches([layer(k, n) for _ in range(many)]), (torch.randn(m, k),)

    return build


def activations(more: int) -> Iterator[Point]:
    for batch, m, k in ((8, 64, 64), (12, 128, 64), (48, 32, 32), (8, 1, 64), (24, 256, 64)):
        yield Point(
            "product", f"{batch * more} of ({m}, {k})", _product(batch * more, m, k, in_a_row(more))
        )


def _product(batch: int, m: int, k: int, times: int) -> Callable[[], Built]:
    def build() -> Built:
        operands = torch.randn(batch, m, k), torch.randn(batch, k, 4 * k)
        return Chain(_two_products, times), operands

    return build


def _two_products(rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
    return torch.matmul(torch.matmul(rows, columns), columns.transpose(1, 2))


def attention(more: int) -> Iterator[Point]:
    times = in_a_row(more)
    prefill = (
        (1, 12, 128, 64), (8, 12, 64, 64), (1, 8, 384, 64), (16, 4, 32, 32), (2, 6, 100, 64),
        (1, 12, 197, 64), (4, 8, 77, 64),
    )  # fmt: skip
    for batch, heads, tokens, width in prefill:
        for causal in (False, True):
            yield attend(batch * more, heads, tokens, tokens, width, causal=causal, times=times)
    for batch, heads, context, width in ((1, 12, 192, 64), (16, 8, 64, 64), (4, 8, 1024, 64)):
        yield attend(batch * more, heads, 1, context, width, causal=False, times=times)


def attend(
    batch: int, heads: int, queries: int, keys: int, width: int, *, causal: bool, times: int
) -> Point:  # fmt: skip
    def step(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        return functional.scaled_dot_product_attention(query, key, value, is_causal=causal)

    def build() -> Built:
        query = torch.randn(batch, heads, queries, width)
        return Chain(step, times), (query, *torch.randn(2, batch, heads, keys, width))

    text = f"{batch} × {heads} heads, {queries} queries, {keys} keys of {width}"
    return Point("attention", text + (", causal" if causal else ""), build)
