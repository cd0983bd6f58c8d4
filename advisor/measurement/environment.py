"""Where a measurement was taken."""

from __future__ import annotations

import importlib.metadata
import platform

import torch

from advisor.measurement.result import Environment
from advisor.telemetry.host import processor_name

_LIBRARIES = ("torch", "torchao", "torch-pruning", "transformers", "triton")
"""What applies or runs a variant, so that another version may measure otherwise."""


def describe(device: torch.device) -> Environment:
    return Environment(
        device=str(device),
        device_name=_device_name(device),
        platform=platform.platform(),
        python=platform.python_version(),
        torch=str(torch.__version__),
        threads=torch.get_num_threads(),
        versions=_versions(),
    )


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return processor_name() or "a processor that the system does not name"


def _versions() -> dict[str, str]:
    found = {library: _version(library) for library in _LIBRARIES}
    return {library: version for library, version in found.items() if version is not None}


def _version(library: str) -> str | None:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None  # not installed, so it took no part
