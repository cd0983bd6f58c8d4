"""Decoders served on A100 and H100 against published tokens per second and memory.

`python -m tests.benchmarks.projection_serving` prints, by engine and weight format, the error of
the shipped profiles; then that of the host time of a serving engine's step when every model is
projected by a fit that has not seen it. The naive
estimate is the weights over the bandwidth.
"""

from __future__ import annotations

import csv
import functools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args
from unittest.mock import patch

import numpy as np

from advisor.catalog import load
from advisor.catalog.quantity import Quantity
from advisor.errors import ExitCode
from advisor.projection import serving_engine
from advisor.projection.exact import project_exactly
from advisor.projection.exact_result import Asked, Exact
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup, WeightFormat
from tests.benchmarks.errors import Compared, Line, leave_groups_out, summary
from tests.benchmarks.shapes import profiled

DATA = Path(__file__).parent / "data"
FORMATS = {"bf16": "native", "int8": "int8", "int4": "int4", "awq": "int4"}
BYTES = {"bf16": 2.0, "int8": 1.0, "int4": 0.5, "awq": 0.5}
GIB = 2**30
STEP_MS = np.linspace(0.0, 6.0, 241)
DISPATCH_US = (15.0, 18.0, 21.0, 24.0, 27.0, 31.0)


@dataclass(frozen=True)
class Row:
    model: str
    engine: str
    accelerators: int
    weights: str
    prompt_tokens: int
    output_tokens: int
    tokens_per_s: float
    memory_gib: float | None
    hardware: str

    @property
    def step_s(self) -> float:
        return 1 / self.tokens_per_s

    @property
    def setup(self) -> Setup:
        # transformers spreads the layers of a model over devices: device_map="auto".
        staged = self.engine.startswith("transformers")
        return Setup(
            engine=self.engine,
            tensor_parallel=1 if staged else self.accelerators,
            pipeline_parallel=self.accelerators if staged else 1,
            weight_format=FORMATS[self.weights],  # type: ignore[arg-type] # checked against it
        )


def rows(table: str) -> Iterator[Row]:
    """Rows whose weight format can be projected."""
    with (DATA / table).open(newline="") as file:
        for line in csv.DictReader(file):
            if FORMATS[line["weights"]] not in get_args(WeightFormat):
                continue
            yield Row(
                line["model"], line["engine"], int(line["accelerators"]), line["weights"],
                int(line["prompt_tokens"]), int(line["output_tokens"]),
                float(line["tokens_per_s"]),
                float(line["memory_gb"]) if line["memory_gb"] else None,
                "h100-sxm" if line["source"].endswith("H100") else "a100-80-sxm",
            )  # fmt: skip


@functools.cache
def scenario(model: str, hardware: str) -> Scenario:
    return Scenario(
        profiled(model),
        load.hardware_by_id(hardware),
        load.workload_by_id("chat-serving"),
        load.organization_by_id("cloud-startup"),
    )


def exact(row: Row) -> Exact:
    context = row.prompt_tokens + row.output_tokens // 2
    asked = Asked(1, row.prompt_tokens, context, row.output_tokens, 1, 1)
    return project_exactly(scenario(row.model, row.hardware), row.setup, asked)


def compared(row: Row) -> Compared:
    """Seconds a token, prompt and answer together as the tables have it."""
    found = exact(row).phases["inference"].time_s
    given = scenario(row.model, row.hardware)
    assert found is not None
    tokens = row.output_tokens
    weights = given.profile.active_parameters * BYTES[row.weights] / row.accelerators
    naive = weights / (given.hardware.memory.bandwidth_gb_per_s * 1e9)
    return Compared(
        row.model,
        f"{row.model} x{row.accelerators} {row.weights} {row.prompt_tokens}",
        found.expected / tokens, row.step_s, naive, found.low / tokens, found.high / tokens,
    )  # fmt: skip


def memory(row: Row) -> Compared | None:
    """Bytes on all accelerators; the tables leave the CUDA context out, and so does the naive."""
    if row.memory_gib is None:
        return None
    found = exact(row).phases["inference"].memory_bytes
    assert found is not None
    given = scenario(row.model, row.hardware)
    count = row.accelerators
    return Compared(
        row.model, row.model, found.expected * count, row.memory_gib * GIB,
        given.profile.parameters * BYTES[row.weights], found.low * count, found.high * count,
    )  # fmt: skip


def lines(engine: str, table: Sequence[Row]) -> Iterator[Line]:
    """Seconds a token by the host time of a step, for each host time of an operator."""
    shipped = serving_engine.serving_of(Setup(engine=engine))
    added_s = shipped.step_ms.expected * 1e-3
    for dispatch_us in DISPATCH_US if shipped.captured_context_tokens else DISPATCH_US[:1]:
        changed = replace(shipped, dispatch_us=Quantity.exact(dispatch_us))
        with patch.object(serving_engine, "serving_of", lambda _, to=changed: to):
            projected = np.array([compared(row).projected for row in table])
        yield Line(dispatch_us, projected - added_s, np.full_like(projected, 1e-3))


def leave_models_out(engine: str) -> None:
    """Fit the host time of a step, in ms, and where graphs have a limit that of an operator."""
    table = [row for row in rows("qwen_serving.csv") if row.engine == engine]
    known = [compared(row) for row in table]
    leave_groups_out(f"{engine}, all formats", known, list(lines(engine, table)), STEP_MS)


def main() -> int:
    for table in ("qwen_serving.csv", "static_cache_decoding.csv"):
        known = list(rows(table))
        for engine in dict.fromkeys(row.engine for row in known):
            own = [row for row in known if row.engine == engine]
            known_rows = {row: compared(row) for row in own}
            for each in known_rows.values():
                measured_ms = each.measured * 1e3
                sys.stdout.write(
                    f"{engine:18} {each.label:34} {measured_ms:8.2f} ms {each.error:+7.1%}\n"
                )
            for weights in dict.fromkeys(row.weights for row in own):
                part = [each for row, each in known_rows.items() if row.weights == weights]
                summary(f"{engine} {weights}", part)
            summary(f"{engine}, all", list(known_rows.values()))
            held = [found for row in own if (found := memory(row)) is not None]
            if held:
                summary(f"{engine}, memory", held)
    leave_models_out("vllm-0.4")
    leave_models_out("vllm")
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
