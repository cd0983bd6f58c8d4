"""The published times of `data/` as points to fit and to project, with what they stand for.

`a100_matrix_products.csv`: device time of single fp16 matrix products of language models' layers,
by tokens and tensor-parallel degree. `timm_rtx4090.csv`: throughput of whole image models in fp16
autocast, whose operators `timm_operators.json` holds. Each row names its source.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.profiling.profile import Operator
from advisor.projection.points import TimedPoint
from advisor.projection.setup import Setup

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Table:
    """Points of one table; arrays of one length. `groups` are models: left out together."""

    name: str
    hardware: str
    points: tuple[TimedPoint, ...]
    groups: tuple[str, ...]
    regimes: tuple[str, ...]
    published_counts: tuple[tuple[float, float], ...] = ()
    """Multiply-adds and activations of each point as its table states them, where it does."""


def matrix_products() -> Table:
    rows = _rows("a100_matrix_products.csv")
    return Table(
        "matrix products, A100",
        "a100-80-sxm",
        tuple(
            TimedPoint(
                (product(int(row["m"]), int(row["n"]), int(row["k"])),),
                float(row["milliseconds"]) * 1e-3,
                Setup(execution="captured"),
            )
            for row in rows
        ),
        tuple(row["model"] for row in rows),
        tuple(_size_regime(int(row["m"])) for row in rows),
    )


def _size_regime(m: int) -> str:
    return "decode, m up to 64" if m <= 64 else "m 128 to 1,024" if m <= 1024 else "m above"


def product(m: int, n: int, k: int) -> Operator:
    """A linear layer in fp16."""
    return Operator(
        "layer", "linear", "matmul", "float16", m * n * k, 2 * n * k, 2 * m * k, 2 * m * n,
        m=m, n=n, k=k,
    )  # fmt: skip


def image_models(keep: Callable[[dict[str, str]], bool] = lambda row: True) -> Table:
    models = _operators()
    rows = [row for row in _rows("timm_rtx4090.csv") if keep(row)]
    return Table(
        "timm, RTX 4090",
        "rtx4090",
        tuple(_image_point(row, models[f"{row['model']}@{row['image_size']}"]) for row in rows),
        tuple(row["model"] for row in rows),
        tuple(f"{row['execution']}, {row['layout']}, torch {row['torch']}" for row in rows),
        tuple(
            (
                float(row["gmacs"]) * 1e9 * int(row["batch_size"]),
                float(row["macts_m"]) * 1e6 * int(row["batch_size"]),
            )
            for row in rows
        ),
    )


def _image_point(row: dict[str, str], operators: tuple[Operator, ...]) -> TimedPoint:
    batch = int(row["batch_size"])
    return TimedPoint(
        operators,
        batch / float(row["samples_per_s"]),
        Setup(
            execution="eager" if row["execution"] == "eager" else "compiled",
            autocast="fp16",
            channels_last=row["layout"] == "channels_last",
        ),
        batch_size=batch,
    )


def image_model(name: str, image_size: int) -> tuple[Operator, ...]:
    """The operators of one image model at batch 1, in 32 bits."""
    return _operators()[f"{name}@{image_size}"]


def _operators() -> dict[str, tuple[Operator, ...]]:
    table = json.loads((DATA / "timm_operators.json").read_text())
    rows = [
        Operator(module="", **dict(zip(table["columns"], row, strict=True)))
        for row in table["rows"]
    ]
    return {name: tuple(rows[i] for i in places) for name, places in table["models"].items()}


def _rows(name: str) -> Sequence[dict[str, str]]:
    with (DATA / name).open(newline="") as file:
        return list(csv.DictReader(file))


def each_table(report: Callable[[Table], None], hardware: Sequence[str]) -> None:
    """Report on every table, or on those of the named hardware."""
    for make in (matrix_products, image_models):
        table = make()
        if not hardware or table.hardware in hardware:
            report(table)
