"""How near projections come on this machine: `python -m tests.benchmarks.calibrated_box`.

Times the points of a calibration and real modules that take no part in it, by turns and in many
short rounds, and projects the modules. Prints a line for each, and median, 90th percentile and
bias of |ln(projected / measured)|, the same of the naive estimate (FLOPs at one constant share of
the peak or weights at the memory's bandwidth, whichever takes longer; the share is the one that
suits these very modules best), and how many measurements the 80% intervals cover.

By turns, since the pace of a shared box drifts by a fifth within minutes, which no projection can
know. What it comes to for a calibration made beforehand is printed too: one made at the start, or
`--hardware FILE`, as `advisor calibrate --output FILE` writes it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import transformers

from advisor.catalog.hardware import Hardware
from advisor.catalog.load import hardware_file
from advisor.cli._output import StderrProgress
from advisor.errors import ExitCode
from advisor.measurement.calibration import job
from advisor.measurement.calibration.others import Others
from advisor.measurement.calibration.result import CalibrationRequest
from advisor.measurement.calibration.timing import (
    Sample,
    steady_allocator,
    time_round,
    timing_of,
)
from advisor.measurement.process import run_calibration
from advisor.measurement.timing import Stopwatch
from advisor.profiling.profile import Phase
from advisor.projection.columns import setup_columns
from advisor.projection.operators import operator_table
from advisor.projection.scenario import CASES
from advisor.projection.time import Load, phase_seconds
from advisor.strategies.selection import parse_selection, setup_for
from advisor.telemetry.machine import machine
from tests.benchmarks.calibrated_box_models import Subject, subjects
from tests.benchmarks.calibrated_box_run import profiled, warmed_up

CPU = torch.device("cpu")
DTYPES = {"fp32": "float32", "bf16": "bfloat16"}


@dataclass(frozen=True)
class Row:
    subject: Subject
    phase: Phase
    measured_s: float
    low_s: float
    projected_s: float
    high_s: float


def projected(subject: Subject, phase: Phase, hardware: Hardware) -> tuple[float, float, float]:
    """Low, expected and high seconds of the phase as it was profiled."""
    setup = setup_for(parse_selection(subject.strategies))
    columns = setup_columns([setup], DTYPES[subject.dtype], hardware)
    one = np.ones(1)
    query = float(phase.query_tokens or 1)
    context = float(phase.context_tokens or query)
    load = Load(one * phase.batch_size, one * query, one * context, one)
    low, expected, high = (
        float(phase_seconds(operator_table(phase), columns, load, hardware, case)[0])
        for case in CASES
    )
    return low, expected, high


def naive(rows: Sequence[Row], hardware: Hardware) -> np.ndarray:
    """Seconds by one constant share of the peak, shape (rows,)."""
    bandwidth = hardware.memory.bandwidth_gb_per_s * 1e9
    compute, weights = [], []
    for row in rows:
        peak = hardware.compute.peak_flops(row.subject.dtype)
        assert peak is not None
        work = sum(2 * each.multiply_adds * each.repeats for each in row.phase.operators)
        compute.append(work / peak)
        held = sum(each.weight_bytes * each.repeats for each in row.phase.operators)
        weights.append(held / bandwidth)
    measured = np.array([row.measured_s for row in rows])
    shares = np.geomspace(0.02, 1.0, 100)
    tried = [np.maximum(np.array(compute) / share, weights) for share in shares]
    return min(tried, key=lambda each: float(np.median(np.abs(np.log(each / measured)))))


@dataclass(frozen=True)
class Measured:
    """What was measured of every subject, and this box as it was at the same time."""

    subjects: Sequence[Subject]
    phases: Sequence[Phase]
    seconds: Sequence[float]
    hardware: Hardware

    def rows(self, hardware: Hardware) -> list[Row]:
        each = zip(self.subjects, self.phases, self.seconds, strict=True)
        return [
            Row(subject, phase, seconds, *projected(subject, phase, hardware))
            for subject, phase, seconds in each
        ]


def measured(rounds: int, limit_s: float) -> Measured:
    chosen = list(subjects())
    phases = [profiled(subject) for subject in chosen]
    steady_allocator()
    stopwatch, others = Stopwatch(CPU), Others()
    with StderrProgress() as progress:
        made = list(job.made_ready(CPU, progress))
        steps = [warmed_up(subject) for subject in chosen]
        samples: list[list[Sample]] = [[] for _ in chosen]
        for turn in range(rounds):
            progress(f"round {turn + 1} of {rounds}", turn / rounds)
            for point in made:
                point.time(stopwatch, job.ROUND_S, others)
            for step, kept in zip(steps, samples, strict=True):
                kept.extend(time_round(step, limit_s))
    seconds = [timing_of(kept).seconds for kept in samples]
    return Measured(chosen, phases, seconds, job.hardware_of(made, machine(), CPU))


def summary(name: str, errors: np.ndarray) -> str:
    size = np.abs(errors)
    return (
        f"{name:10} median {np.median(size):6.1%}  p90 {np.quantile(size, 0.9):6.1%}  "
        f"bias {np.median(errors):+6.1%}"
    )


def covered(rows: Sequence[Row]) -> float:
    return float(np.mean([row.low_s <= row.measured_s <= row.high_s for row in rows]))


def print_rows(rows: Sequence[Row], hardware: Hardware) -> None:
    measured = np.array([row.measured_s for row in rows])
    errors = np.log([row.projected_s for row in rows] / measured)
    guessed = np.log(naive(rows, hardware) / measured)
    for row, error, guess in zip(rows, errors, guessed, strict=True):
        subject = row.subject
        inside = "in" if covered([row]) else "out"
        sys.stdout.write(
            f"{subject.name:14} {subject.phase:8} {subject.dtype:5} {subject.strategies:17} "
            f"batch {row.phase.batch_size:3} {row.measured_s * 1e3:9.2f} ms  projected "
            f"{row.projected_s * 1e3:9.2f} ms  {error:+7.1%}  naive {guess:+7.1%}  {inside}\n"
        )
    sys.stdout.write(f"\n{len(rows)} modules\n{summary('projected', errors)}\n")
    sys.stdout.write(f"{summary('naive', guessed)}\n80% intervals cover {covered(rows):.0%}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hardware", type=Path, metavar="FILE")
    parser.add_argument("--rounds", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=0.1, help="for each module and round")
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    if arguments.hardware is None:
        with StderrProgress() as progress:
            hardware = run_calibration(CalibrationRequest(), progress).hardware
    else:
        hardware = hardware_file(arguments.hardware)
    sys.stdout.write(f"{hardware.efficiency.source.text}\n")
    found = measured(arguments.rounds, arguments.seconds)
    print_rows(found.rows(found.hardware), found.hardware)
    before = found.rows(hardware)
    errors = np.log([row.projected_s / row.measured_s for row in before])
    sys.stdout.write(f"\nby a calibration made before\n{summary('projected', errors)}\n")
    sys.stdout.write(f"80% intervals cover {covered(before):.0%}\n")
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
