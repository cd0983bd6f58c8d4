"""All-reduces between A100 against the α-β model of `projection.parallel`.

`python -m tests.benchmarks.projection_links` prints, by machine and layout, the latency and the
bandwidth of the ring as every second payload has them, and the errors of the other payloads. The
naive estimate is the payload over the stated bandwidth of the link.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from advisor.errors import ExitCode
from advisor.projection.operators import Floats
from tests.benchmarks.errors import Compared, summary

TABLE = Path(__file__).parent / "data" / "all_reduce.csv"
STATED_GB_PER_S = {"nvlink": 300.0, "pcie": 31.0, "network": 200.0}


@dataclass(frozen=True)
class Row:
    node: str
    accelerators: int
    per_node: int
    payload_bytes: float
    seconds: float

    @property
    def layout(self) -> str:
        return f"{self.node}, {self.accelerators} over {self.accelerators // self.per_node}"

    @property
    def moved_bytes(self) -> float:
        return 2 * (self.accelerators - 1) / self.accelerators * self.payload_bytes

    @property
    def link(self) -> str:
        """What the slowest part of the ring goes over."""
        if self.accelerators > self.per_node:
            return "network"
        return "nvlink" if self.accelerators == 2 else "pcie"


def rows() -> list[Row]:
    with TABLE.open(newline="") as file:
        return [
            Row(
                line["node"], int(line["accelerators"]), int(line["accelerators_per_node"]),
                float(line["payload_bytes"]), float(line["milliseconds"]) * 1e-3,
            )
            for line in csv.DictReader(file)
        ]  # fmt: skip


def fitted(chosen: Sequence[Row]) -> tuple[float, float]:
    """Latency in seconds and bytes per second with the least mean absolute logarithm."""
    moved = np.array([row.moved_bytes for row in chosen])
    measured = np.array([row.seconds for row in chosen])
    best = (np.inf, 0.0, 0.0)
    for latency in np.geomspace(2e-6, 5e-4, 60):
        for rate in np.geomspace(1e9, 4e11, 120):
            error = float(np.mean(np.abs(np.log((latency + moved / rate) / measured))))
            best = min(best, (error, float(latency), float(rate)))
    return best[1], best[2]


def alternate(table: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Every second payload of a layout to fit, the others to test."""
    ordered = sorted(table, key=lambda row: row.payload_bytes)
    return ordered[::2], ordered[1::2]


def main() -> int:
    table = rows()
    tested: list[Compared] = []
    for layout in dict.fromkeys(row.layout for row in table):
        own = [row for row in table if row.layout == layout]
        fit, test = alternate(own)
        latency, rate = fitted(fit)
        link = own[0].link
        share = rate / (STATED_GB_PER_S[link] * 1e9)
        sys.stdout.write(
            f"{layout}: latency {latency * 1e6:.0f} us, {rate / 1e9:.1f} GB/s, {share:.0%} of "
            f"{link}\n"
        )
        found = [_compared(row, latency, rate) for row in test]
        summary(f"  {layout}", found)
        tested += found
    summary("all-reduce, payloads that were not fitted", tested)
    return ExitCode.DONE


def _compared(row: Row, latency_s: float, bytes_per_s: float) -> Compared:
    projected: Floats = np.asarray(latency_s + row.moved_bytes / bytes_per_s)
    naive = row.payload_bytes / (STATED_GB_PER_S[row.link] * 1e9)
    return Compared(row.layout, row.layout, float(projected), row.seconds, naive)


if __name__ == "__main__":
    sys.exit(main())
