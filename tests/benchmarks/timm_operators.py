"""Profiles the models of `data/timm_rtx4090.csv` into `data/timm_operators.json`.

`python -m tests.benchmarks.timm_operators`, in an environment where timm imports (see
`timm_reference`). Each model is profiled at batch 1 and its image size; rows that occur in several
models are kept once. It takes a few minutes, and the result is the same on any machine.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import torch

from advisor.errors import ExitCode
from advisor.models.loaded import LoadedModel, WeightsOrigin
from advisor.profiling.counting import count_phases, runnable_replica
from advisor.profiling.profile import Operator
from tests.benchmarks.timm_reference import built

DATA = Path(__file__).parent / "data"
COLUMNS = (
    "name", "kind", "dtype", "multiply_adds", "weight_bytes", "input_bytes", "output_bytes",
    "m", "n", "k", "batch", "repeats",
)  # fmt: skip


def operators(name: str, size: int) -> tuple[Operator, ...]:
    module = built(name, size)
    inputs = (torch.zeros(1, 3, size, size, device=next(module.parameters()).device),)
    weights: WeightsOrigin = "meta" if inputs[0].is_meta else "random"
    model = LoadedModel(f"timm:{name}", module, inputs, weights=weights)
    return count_phases(model, runnable_replica(model))[0].phase.operators


def main() -> int:
    with (DATA / "timm_rtx4090.csv").open(newline="") as file:
        wanted = sorted({(row["model"], int(row["image_size"])) for row in csv.DictReader(file)})
    places: dict[tuple[object, ...], int] = {}
    models = {}
    for name, size in wanted:
        rows = [tuple(getattr(row, column) for column in COLUMNS) for row in operators(name, size)]
        models[f"{name}@{size}"] = [places.setdefault(row, len(places)) for row in rows]
        sys.stdout.write(f"{name} {size}: {len(rows)} operators\n")
    table = {"columns": COLUMNS, "rows": list(places), "models": models}
    text = json.dumps(table, separators=(",", ":"))
    (DATA / "timm_operators.json").write_text(text + "\n")
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
