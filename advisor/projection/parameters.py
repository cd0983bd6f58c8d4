"""The efficiency curves of a part as a vector, for the fit, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from advisor.catalog.hardware import Curve, Curves, Hardware
from advisor.catalog.quantity import Quantity
from advisor.projection.curves import ATTENTION, COMPUTING, KERNELS, TILED, curves_of
from advisor.projection.kernels import Calls
from advisor.projection.operators import Floats

_BOUNDS = {
    "compute": (0.01, 1.1), "bandwidth": (0.02, 1.0), "fixed_us": (0.05, 100.0),
    "half_m": (0.1, 500.0), "half_n": (0.1, 500.0), "half_k": (0.1, 1000.0),
    "tile_loss": (0.1, 100.0), "overlap": (1.0, 12.0), "cache_speed": (1.0, 8.0),
    "dispatch_us": (0.5, 200.0), "launch_us": (0.05, 50.0),
}  # fmt: skip

FEW_QUERIES, DECODING_SHARE = 16, 0.2


@dataclass(frozen=True)
class Parameter:
    """One positive figure of the curves; `kernel` is empty where it is of all classes."""

    name: str
    kernel: str = ""


def parameters(hardware: Hardware, calls: Calls, host: Sequence[str]) -> list[Parameter]:
    """What points that make these `calls` can tell; `host` names the costs of the host."""
    found = [Parameter(name) for name in ("overlap", *host)]
    kinds = [KERNELS[index] for index in np.unique(calls.kinds)]
    tiled = not hardware.is_cpu and hardware.compute.multiprocessors is not None
    if tiled and any(kind in TILED for kind in kinds):
        found.append(Parameter("tile_loss"))
    if hardware.memory.cache_mib is not None:
        found.append(Parameter("cache_speed"))
    for kind in kinds:
        names = ["fixed_us"]
        if kind != "attention" or _decodes(calls):
            names.append("bandwidth")
        if kind in COMPUTING:
            names.append("compute")
        if kind in TILED:
            names += ["half_k"] if tiled else ["half_m", "half_n", "half_k"]
        found += [Parameter(name, kind) for name in names]
    return found


def _decodes(calls: Calls) -> bool:
    """Whether attention is often bound by its traffic, as it is for a few queries at a time."""
    of_attention = calls.m[:, calls.kinds == ATTENTION]
    return bool(np.mean(of_attention < FEW_QUERIES) > DECODING_SHARE)


def vector(hardware: Hardware, chosen: Sequence[Parameter]) -> Floats:
    """Logarithms of the figures that `hardware` has, within their bounds."""
    curves = curves_of(hardware)
    values = []
    for each in chosen:
        low, high = _BOUNDS[each.name]
        values.append(math.log(min(max(_value(each, curves, hardware), low), high)))
    return np.array(values)


def bounds(chosen: Sequence[Parameter]) -> tuple[list[float], list[float]]:
    """Logarithms of the least and the greatest value of each, a little outside."""
    pairs = [_BOUNDS[each.name] for each in chosen]
    return [math.log(low) - 1e-6 for low, _ in pairs], [math.log(high) + 1e-6 for _, high in pairs]


def _value(parameter: Parameter, curves: Curves, hardware: Hardware) -> float:
    holder: object = curves
    if parameter.kernel:
        holder = curves.classes[parameter.kernel]
    elif parameter.name in ("dispatch_us", "launch_us"):
        return float(getattr(hardware.efficiency, parameter.name).expected)
    return float(getattr(holder, parameter.name))


def with_vector(hardware: Hardware, chosen: Sequence[Parameter], values: Floats) -> Hardware:
    """`hardware` with these figures in its efficiency."""
    curves = curves_of(hardware)
    classes: dict[str, Curve] = dict(curves.classes)
    whole: dict[str, Any] = {}
    host: dict[str, Any] = {}
    for parameter, logarithm in zip(chosen, values, strict=True):
        value = math.exp(logarithm)
        if parameter.kernel:
            figure: dict[str, Any] = {parameter.name: value}
            classes[parameter.kernel] = replace(classes[parameter.kernel], **figure)
        elif parameter.name in ("dispatch_us", "launch_us"):
            host[parameter.name] = Quantity.exact(value)
        else:
            whole[parameter.name] = value
    fitted = replace(curves, classes=classes, **whole)
    return replace(hardware, efficiency=replace(hardware.efficiency, curves=fitted, **host))
