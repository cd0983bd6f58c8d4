"""Runs one case for real; prints its peak above what the process holds without it, and the rest.

The peak is that of the process's resident size (VmHWM), less its size once the model is deleted:
interpreter, libraries, the kernels that they generated and the workspaces that they keep. How much
of that came with the case is the second figure, in bytes like the first.

`python -m tests.benchmarks.memory_real_child NUMBER`; the parent sets the environment so that
glibc hands large blocks straight back to the system.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from advisor.models.loaded import LoadedModel
from advisor.profiling.replica import cloned_replica
from advisor.profiling.training import Replicate, invocation_for, ways_to_train
from advisor.profiling.training_setting import TrainingSetting, autocast_for, optimizer_for
from tests.benchmarks.memory_real_cases import CASES, MODELS

STEPS = 2  # the second is the first with the optimizer's states


def main() -> None:
    case = CASES[int(sys.argv[1])]
    tell_peak(MODELS[case.model], case.setting, cached=case.cached)


def tell_peak(
    build: Callable[[], LoadedModel], setting: TrainingSetting | None, *, cached: bool = False
) -> None:
    """Run what `build` makes, for training where a setting is given, and print both figures."""
    torch.compiler.set_stance("force_eager")  # the compiler's own memory is no model's
    _warm_up(setting or TrainingSetting())
    with torch.device("meta"):
        build()  # imports what the model is made of
    before = _resident_bytes()
    _run(build, setting, cached)
    peak, after = _status("VmHWM"), _resident_bytes()
    sys.stdout.write(f"{peak - after} {after - before}\n")


def _run(build: Callable[[], LoadedModel], setting: TrainingSetting | None, cached: bool) -> None:
    model = build()
    # From here on: weights that are tied are made twice before they are.
    Path("/proc/self/clear_refs").write_text("5")
    if setting is None:
        _infer(model, cached)
    else:
        _train(model, setting, lambda loaded: loaded)


def _resident_bytes() -> int:
    """What stays in memory when everything that can be freed is."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return _status("VmRSS")


def _infer(model: LoadedModel, cached: bool) -> None:
    invocation = invocation_for(model, lambda loaded: loaded, cached=cached)
    for _ in range(STEPS):
        with torch.no_grad():
            outputs = invocation(*invocation.tensors)
        del outputs


def _train(model: LoadedModel, setting: TrainingSetting, replicate: Replicate) -> None:
    _, invocation, loss = next(ways_to_train(model, replicate, setting))
    optimizer = optimizer_for(invocation.model, setting)
    for _ in range(STEPS):
        with autocast_for(setting, "cpu"):
            value = loss(invocation.model)
        torch.autograd.backward(value)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        del value


class _Toy(nn.Module):
    """A little of everything, so that libraries have loaded their kernels."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(3, 64, 3, padding=1), nn.BatchNorm2d(64))
        self.block = nn.TransformerEncoderLayer(64, 4, 128, batch_first=True)
        self.lstm = nn.LSTM(64, 64, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens = self.block(self.conv(x).flatten(2).transpose(1, 2))
        if tokens.dtype == torch.float32:
            tokens, _ = self.lstm(tokens)
        return nn.functional.log_softmax(tokens, dim=-1)


def _warm_up(setting: TrainingSetting) -> None:
    model = LoadedModel("toy", _Toy(), (torch.randn(2, 3, 16, 16),))
    for precision in ("native", setting.precision):
        _train(model, TrainingSetting(setting.optimizer, precision), cloned_replica)
    # Matrix libraries keep the buffers in which they pack operands, up to a size of their own.
    for dtype in (torch.float32, torch.bfloat16):
        torch.mm(torch.ones(2048, 1024, dtype=dtype), torch.ones(1024, 16384, dtype=dtype))


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    value = next(line.split()[1] for line in lines if line.startswith(f"{field}:"))
    return int(value) * 1024


if __name__ == "__main__":
    main()
