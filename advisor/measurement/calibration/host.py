"""Points of which the host's share shows: tiny operators, and tiny and larger models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import nn

from advisor.measurement.calibration import transformers_models
from advisor.measurement.calibration.point import Built, Point, in_a_row
from advisor.measurement.calibration.products import attend
from advisor.measurement.calibration.streaming import over_images, stream
from advisor.measurement.calibration.transformers_models import Size

READING_ROWS, COMPUTING_ROWS = 32, 256


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
    for name, build in _tiny_models().items():
        yield Point(
            "dispatch", f"tiny {name} of transformers", build, every_format=False, of_host=True
        )


def interrupted() -> Iterator[Point]:
    """The same models, with little of them left in the caches after each of their modules.

    One kind of interruption reads much more than it computes, the other does not.
    """
    tiny_models = _tiny_models()
    for name, build in tiny_models.items():
        yield _interrupted(name, build, READING_ROWS)
    for name in ("encoder", "older decoder"):
        yield _interrupted(name, tiny_models[name], COMPUTING_ROWS)


def _interrupted(name: str, build: Callable[[], Built], rows: int) -> Point:
    text = f"tiny {name} of transformers, interrupted by {rows} rows"
    return Point("dispatch", text, build, interrupted_by=rows, every_format=False, of_host=True)


def _tiny_models() -> dict[str, Callable[[], Built]]:
    sizes = {"convolutions": transformers_models.TINY_IMAGES}
    return {
        name: partial(build, sizes.get(name, transformers_models.TINY))
        for name, build in transformers_models.MODELS.items()
    }


def _tiny_convolution(kernel: int, groups: int, times: int) -> Callable[[], Built]:
    return over_images(
        1, 8, 6, times, lambda c: nn.Conv2d(c, c, kernel, padding=kernel // 2, groups=groups)
    )


def _tiny_chain(layer: Callable[[], nn.Module], times: int) -> Callable[[], Built]:
    def build() -> Built:
        return nn.Sequential(*(layer() for _ in range(times))), (torch.randn(2, 8),)

    return build


def whole_models(more: int) -> Iterator[Point]:
    """What a projection misses of a model as it is used: no curve is fitted to these."""
    sizes = {
        "encoder": ((1, 32, 256), (4, 64, 384), (8, 64, 512)),
        "decoder": ((1, 32, 256), (4, 128, 512), (2, 128, 768)),
        "masked encoder": ((4, 64, 384),),
        "older decoder": ((8, 96, 384),),
        "convolutions": ((1, 224, 128), (8, 96, 64)),
    }
    for name, each in sizes.items():
        for batch, tokens, width in each:
            size = Size(batch * more, tokens, width)
            yield Point("model", f"{name} {size}", partial(transformers_models.MODELS[name], size))
