"""The profile of every model of the zoo, beside what others say: `python -m tests.benchmarks.zoo`.

Prints for each model, or for those named: parameters; multiply-adds of a forward pass by the
package and by `tests.zoo.reference_count`; the share of the traffic of operators that have no
count; seconds of building and profiling by the package, and of a plain fvcore trace of the whole
model in the same run; memory of inference and of a training step, projected for the whole model,
then projected and measured for the shallow one of `tests.zoo.real`, – where it is too large to run
here. The last lines are the largest error of each column.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from fvcore.nn import FlopCountAnalysis

from advisor import units
from advisor.errors import AdvisorError, ExitCode
from advisor.profiling.phases import first_phase
from advisor.profiling.profile import ModelProfile
from advisor.profiling.run import profile
from advisor.profiling.shape_checks import shape_checks_under_tracing
from advisor.profiling.traced_convolutions import convolutions_under_tracing
from tests.benchmarks.memory_real import TARGET
from tests.benchmarks.zoo_memory import Compared, Purpose, compared
from tests.zoo.reference_count import reference_multiply_adds
from tests.zoo.zoo import NAMES, build


@dataclass(frozen=True)
class Row:
    profile: ModelProfile
    reference: int
    ours_s: float
    fvcore_s: float | None
    """None where fvcore cannot trace the model."""
    inference: Compared | None
    training: Compared | None

    @property
    def error(self) -> float:
        return abs(self.profile.multiply_adds / self.reference - 1)

    @property
    def uncounted(self) -> float:
        return sum(self.profile.uncounted_traffic.values())


def examined(name: str) -> Row:
    started = time.perf_counter()
    found = profile(build(name))
    ours_s = time.perf_counter() - started
    return Row(
        found,
        reference_multiply_adds(build(name)),
        ours_s,
        plain_fvcore_s(name),
        compared(name, "inference"),
        compared(name, "training"),
    )


def plain_fvcore_s(name: str) -> float | None:
    """Seconds to build the model and to trace all of it with fvcore's own handles.

    Shape checks and convolutions without values are helped along as the package does, or no
    vision model could be traced at all.
    """
    started = time.perf_counter()
    invocation = first_phase(build(name)).invocation
    analysis = FlopCountAnalysis(invocation, invocation.tensors)
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    analysis.tracer_warnings("none")
    try:
        with torch.no_grad(), shape_checks_under_tracing(), convolutions_under_tracing():
            analysis.total()
    except (RuntimeError, AssertionError, TypeError, ValueError):
        return None
    return time.perf_counter() - started


HEADER = (
    f"{'model':18} {'params':>8} {'multiply-adds':>15} {'reference':>15} {'error':>7} "
    f"{'uncounted':>9} {'ours s':>7} {'fvcore':>7} {'inference':>9} {'training':>9} "
    f"{'inference: shallow, real, error':>31} {'training: shallow, real, error':>31}  counter\n"
)


def line(name: str, row: Row) -> str:
    found = row.profile
    plain = f"{row.fvcore_s:7.2f}" if row.fvcore_s is not None else "      –"
    return (
        f"{name:18} {units.parameters(found.parameters):>8} {found.multiply_adds:>15} "
        f"{row.reference:>15} {row.error:7.3%} {row.uncounted:9.3%} {row.ours_s:7.2f} {plain} "
        f"{units.memory(found.memory.inference_peak_bytes):>9} "
        f"{units.memory(found.memory.training_peak_bytes):>9} "
        f"{memory_columns(row.inference)} {memory_columns(row.training)}  {found.counted_by}\n"
    )


def memory_columns(found: Compared | None) -> str:
    if found is None:
        return f"{'–':>11} {'–':>11} {'–':>7}"
    error = f"{found.error:+7.2%}" if found.error is not None else f"{'–':>7}"
    return f"{units.memory(found.projected):>11} {units.memory(found.measured):>11} {error}"


def main(names: list[str]) -> int:
    warnings.simplefilter("ignore")
    sys.stdout.write(HEADER)
    rows: dict[str, Row] = {}
    for name in names or NAMES:
        try:
            rows[name] = examined(name)
        except AdvisorError as error:
            sys.stdout.write(f"{name:18} {error}\n")
            continue
        sys.stdout.write(line(name, rows[name]))
        sys.stdout.flush()
    summarize(rows, len(names or NAMES))
    return ExitCode.DONE


def summarize(rows: Mapping[str, Row], asked: int) -> None:
    if not rows:
        return
    error = max(rows, key=lambda name: rows[name].error)
    uncounted = max(rows, key=lambda name: rows[name].uncounted)
    slowest = max(rows, key=lambda name: rows[name].ours_s)
    sys.stdout.write(
        f"{len(rows)} of {asked} models; largest: multiply-adds {rows[error].error:.3%} ({error}), "
        f"uncounted traffic {rows[uncounted].uncounted:.3%} ({uncounted}), "
        f"time {rows[slowest].ours_s:.1f} s ({slowest})\n"
    )
    summarize_memory("inference", {name: row.inference for name, row in rows.items()})
    summarize_memory("training", {name: row.training for name, row in rows.items()})


def summarize_memory(purpose: Purpose, found: Mapping[str, Compared | None]) -> None:
    errors = {
        name: abs(each.error)
        for name, each in found.items()
        if each is not None and each.error is not None
    }
    if not errors:
        return
    largest = max(errors, key=lambda name: errors[name])
    within = sum(error <= TARGET for error in errors.values())
    sys.stdout.write(
        f"{purpose} memory: {len(errors)} measured, {within} within {TARGET:.0%}; "
        f"largest error {errors[largest]:.2%} ({largest})\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
