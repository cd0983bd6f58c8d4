"""Which attention looks back no further than a window, as a decoder's configuration says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from advisor.models.decoder_shape import layer_windows
from advisor.models.loaded import LoadedModel
from advisor.profiling.profile import Operator


def with_windows(operators: Iterable[Operator], model: LoadedModel) -> tuple[Operator, ...]:
    """`operators` of `model`, with the window of the layer that each attention is of.

    Attention may be written out, as products of activations and what stands between them in the
    same module. Where layers differ, the block that an operator is in tells its layer.
    """
    config: Any = getattr(model.module, "config", None)
    if model.decoder is None or model.decoder.window_tokens is None or config is None:
        return tuple(operators)
    windows = layer_windows(config)
    every = tuple(operators)
    looking = {each.module for each in every if _looks_back(each)}
    return tuple(
        replace(each, window_tokens=_window(each, windows, model.chain))
        if each.module in looking
        else each
        for each in every
    )


def _looks_back(operator: Operator) -> bool:
    of_activations = operator.kind == "matmul" and not operator.weight_bytes
    return operator.kind == "attention" or of_activations


def _window(operator: Operator, windows: list[int | None], chain: str | None) -> int | None:
    if len(set(windows)) == 1:
        return windows[0]
    if chain is None or not operator.module.startswith(f"{chain}."):
        return None
    number = operator.module.removeprefix(f"{chain}.").partition(".")[0]
    return windows[int(number)] if number.isdigit() and int(number) < len(windows) else None
