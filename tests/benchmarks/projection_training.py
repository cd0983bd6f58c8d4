"""Training steps of MPT models on A100 against published throughput.

`python -m tests.benchmarks.projection_training` prints the error of the shipped profile, then that
of its one fitted figure when every model is projected by a fit that has not seen it, which is
what the interval of `profiles/engines/pytorch-training.toml` is made from. The naive estimate is
one constant share of the peak for all models, fitted on the other models as well.
"""

from __future__ import annotations

import csv
import functools
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np

from advisor.catalog import load
from advisor.catalog.quantity import Quantity
from advisor.errors import ExitCode
from advisor.projection import training_step
from advisor.projection.exact import project_exactly
from advisor.projection.exact_result import Asked, PhaseProjection
from advisor.projection.operators import Floats
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from tests.benchmarks.errors import Compared, Line, groups_left_out, leave_groups_out, summary
from tests.benchmarks.shapes import profiled

TABLE = Path(__file__).parent / "data" / "mpt_training.csv"
HARDWARE = "a100-80-sxm"
VALUES = np.linspace(1.5, 6.0, 181)
"""Tried for the time of attention's backward pass over that of its forward pass."""


@dataclass(frozen=True)
class Row:
    model: str
    tokens: int
    accelerators: int
    micro_batch: int
    global_batch: int
    precision: str
    checkpointing: bool
    tokens_per_s: float

    @property
    def step_s(self) -> float:
        return self.global_batch * self.tokens / self.tokens_per_s

    @property
    def setup(self) -> Setup:
        mixed = self.precision == "amp-bf16"
        return Setup(
            autocast="bf16" if mixed else None,
            float_format="native" if mixed else "bf16",
            attention="fused",
            sharding_stage=3,
            data_parallel=self.accelerators,
            micro_batch=self.micro_batch,
            checkpointing=self.checkpointing,
        )


def rows() -> list[Row]:
    with TABLE.open(newline="") as file:
        return [
            Row(
                line["model"], int(line["tokens"]), int(line["accelerators"]),
                int(line["micro_batch"]), int(line["global_batch"]), line["precision"],
                line["checkpointing"] == "true", float(line["tokens_per_s"]),
            )
            for line in csv.DictReader(file)
        ]  # fmt: skip


@functools.cache
def scenario(model: str) -> Scenario:
    return Scenario(
        profiled(f"mpt-{model}"),
        load.hardware_by_id(HARDWARE),
        load.workload_by_id("pre-training"),
        load.organization_by_id("cloud-startup"),
    )


def projected(row: Row) -> PhaseProjection:
    asked = Asked(1, row.tokens, None, 1, row.global_batch, row.tokens)
    return project_exactly(scenario(row.model), row.setup, asked).phases["training_step"]


def naive_seconds(row: Row, share: float = 1.0) -> float:
    """6 FLOPs a parameter and token, and the peak (Kaplan et al. 2020)."""
    given = scenario(row.model)
    flops = 6 * given.profile.parameters * row.global_batch * row.tokens
    hidden = given.profile.decoder
    assert hidden is not None
    flops += 12 * hidden.layers * hidden.hidden_size * row.tokens**2 * row.global_batch
    return flops / (row.accelerators * given.hardware.compute.bf16_tflops * 1e12 * share)  # type: ignore[operator] # an A100 states it


def seconds_under(backward: float) -> Floats:
    """Seconds of all rows with that much for the backward pass of attention."""
    engine = replace(training_step.training_engine(), attention_backward=Quantity.exact(backward))
    with patch.object(training_step, "training_engine", lambda: engine):
        return np.array([_expected(row) for row in rows()])


def _expected(row: Row) -> float:
    found = projected(row).time_s
    assert found is not None
    return found.expected


def main() -> int:
    table = rows()
    measured = np.array([row.step_s for row in table])
    names = [row.model for row in table]
    shares = {
        group: float(np.median([naive_seconds(table[i]) / measured[i] for i in fit]))
        for group, fit, _ in groups_left_out(names)
    }
    compared = []
    for row in table:
        found = projected(row).time_s
        assert found is not None
        compared.append(
            Compared(row.model, f"{row.model} {row.tokens}", found.expected, row.step_s,
                     naive_seconds(row, shares[row.model]), found.low, found.high)
        )  # fmt: skip
    for each in compared:
        sys.stdout.write(f"{each.label:14} {each.measured:9.2f} s {each.error:+7.1%}\n")
    summary("MPT training on A100, shipped profile", compared)
    none, one = seconds_under(0.0), seconds_under(1.0)
    leave_groups_out("MPT training on A100", compared, [Line(0.0, none, one - none)], VALUES)
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
