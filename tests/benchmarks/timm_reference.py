"""Multiply-adds and parameters of timm's models against timm's own table.

`python -m tests.benchmarks.timm_reference TABLE.csv [NAME ...]`, where TABLE.csv has the columns
model, img_size, param_count_M and gmacs of timm's published benchmark results (its
`results/benchmark-infer-*.csv`). It needs an environment where timm imports, which is one with
plain PyTorch and the torchvision that goes with it, on a machine with or without a GPU:

    python -m venv timm-environment
    timm-environment/bin/pip install torch torchvision timm fvcore msgspec

timm's table is fvcore's count with fvcore's own handles. Those also count norms, pooling and
interpolation as if they were multiply-adds, so that is what the column `with norms` adds to the
multiply-adds: 2 an element of a batch norm, 5 of other norms with weights (4 without), 1 an
element pooled, 1 or 4 (bilinear) an element interpolated. fvcore has no handle for recurrent
layers, so they are taken off that column. Models of parallel branches are merged first, as timm
does for inference. The table has two decimals of 10⁹, so a difference of less than half of the
last one is none.
"""

from __future__ import annotations

import csv
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import timm
import timm.utils
import torch

from advisor.errors import ExitCode, ModelError
from advisor.models.loaded import LoadedModel, WeightsOrigin
from advisor.profiling.counting import count_phases, runnable_replica
from advisor.profiling.profile import Operator

ROUNDING_G = 0.005
TOLERANCE = 0.005
_COUNTED_BY_FVCORE = ("batch_norm", "layer_norm", "group_norm", "instance_norm",
                      "adaptive_avg_pool2d", "native_batch_norm", "native_layer_norm",
                      "native_group_norm")  # fmt: skip
_RECURRENT = ("lstm", "gru", "rnn_tanh", "rnn_relu")


@dataclass(frozen=True)
class Row:
    name: str
    published_g: float
    multiply_adds: int
    with_norms: int
    parameters_error: float
    counted_by: str
    seconds: float

    @property
    def error(self) -> float:
        """Relative, after half a unit of the table's last decimal is taken off."""
        away = abs(self.with_norms / 1e9 - self.published_g)
        return max(0.0, away - ROUNDING_G) / self.published_g


def in_fvcores_convention(row: Operator) -> int:
    """What fvcore's own handles add to an operator's multiply-adds, or lack of them."""
    if row.name in _RECURRENT:
        return -row.multiply_adds
    other = row.other_flops or 0
    if row.name in _COUNTED_BY_FVCORE:
        return other
    if row.name == "upsample_bilinear2d":
        return other // 2
    if row.name.startswith("upsample_nearest"):
        return row.output_bytes // torch.empty((), dtype=getattr(torch, row.dtype)).itemsize
    return 0


def counted(name: str, size: int, published_g: float, published_parameters: float) -> Row:
    started = time.perf_counter()
    module = built(name, size)
    inputs = (torch.zeros(1, 3, size, size, device=next(module.parameters()).device),)
    weights: WeightsOrigin = "meta" if inputs[0].is_meta else "random"
    model = LoadedModel(f"timm:{name}", module, inputs, weights=weights)
    count = count_phases(model, runnable_replica(model))[0]
    operators = count.phase.operators
    products = sum(each.multiply_adds for each in operators)
    parameters = sum(each.numel() for each in module.parameters()) / 1e6
    return Row(
        name=f"{name} {size}",
        published_g=published_g,
        multiply_adds=products,
        with_norms=products + sum(map(in_fvcores_convention, operators)),
        parameters_error=max(0.0, abs(parameters - published_parameters) - 0.005)
        / published_parameters,
        counted_by=count.counted_by,
        seconds=time.perf_counter() - started,
    )


def built(name: str, size: int) -> torch.nn.Module:
    """The model for this image size, without values where building and merging it needs none."""
    attempts = [
        (device, options) for device in ("meta", "cpu") for options in ({"img_size": size}, {})
    ]
    modules = (_attempt(name, device, options) for device, options in attempts)
    module = next((each for each in modules if each is not None), None)
    if module is None:
        raise ModelError(f"{name}: timm cannot build it")
    return module


def _attempt(name: str, device: str, options: dict[str, int]) -> torch.nn.Module | None:
    """None where the constructor does not take the options, or wants values."""
    try:
        with torch.device(device):
            module = timm.create_model(name, pretrained=False, **options).eval()
            merged: torch.nn.Module = timm.utils.reparameterize_model(module)
    except (TypeError, RuntimeError, NotImplementedError):
        return None
    return merged


def rows(table: Path, wanted: list[str]) -> Iterator[Row]:
    with table.open(newline="") as file:
        for line in csv.DictReader(file):
            name, size = line["model"], int(line["img_size"])
            if wanted and name not in wanted:
                continue
            try:
                yield counted(name, size, float(line["gmacs"]), float(line["param_count_M"]))
            except (ModelError, RuntimeError) as error:
                sys.stdout.write(f"{name} {size}: {str(error).splitlines()[0][:150]}\n")


def main(arguments: list[str]) -> int:
    if not arguments:
        sys.stderr.write("usage: python -m tests.benchmarks.timm_reference TABLE.csv [NAME ...]\n")
        return ExitCode.USAGE
    done = []
    sys.stdout.write(
        f"{'model':45} {'table':>9} {'products':>9} {'with norms':>10}  difference  counted by\n"
    )
    for row in rows(Path(arguments[0]), arguments[1:]):
        done.append(row)
        sys.stdout.write(
            f"{row.name:45} {row.published_g:9.2f} {row.multiply_adds / 1e9:9.3f} "
            f"{row.with_norms / 1e9:10.3f} {row.error:10.2%}  {row.counted_by} "
            f"{row.seconds:.1f} s\n"
        )
        sys.stdout.flush()
    summarize(done)
    return ExitCode.DONE


def summarize(done: list[Row]) -> None:
    if not done:
        return
    errors = [row.error for row in done]
    within = sum(error <= TOLERANCE for error in errors)
    worst = max(done, key=lambda row: row.error)
    sys.stdout.write(
        f"{len(done)} rows: multiply-adds median difference {statistics.median(errors):.3%}, "
        f"largest {worst.error:.2%} ({worst.name}), within {TOLERANCE:.1%}: {within}; "
        f"parameters largest difference {max(row.parameters_error for row in done):.3%}; "
        f"counted by fvcore: {sum(row.counted_by == 'fvcore' for row in done)}\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
