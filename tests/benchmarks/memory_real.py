"""Projected against measured peak memory: `python -m tests.benchmarks.memory_real [WORD…]`.

Each case runs in a fresh process. Measured is the process's peak resident size (VmHWM) over two
steps, less its size once the model is deleted again: interpreter, libraries, and the workspaces
that these keep (`kept` is what they took during the case). Projected is the total of the largest
moment that the profile tells, from tensors without data. With words, only the cases whose names
hold them all.
"""

from __future__ import annotations

import os
import subprocess
import sys

from advisor.errors import ExitCode
from advisor.profiling.memory import inference_memory, training_memory
from tests.benchmarks.memory_real_cases import CASES, MODELS, Case

TARGET = 0.02
# Blocks from 64 KiB on are mapped, hence gone from the process once they are freed. One thread,
# because each has a workspace of its own in the matrix libraries. They keep no kernels: the tokens
# that an expert gets differ from step to step, and each number of them gets a kernel of its own.
_ENVIRONMENT = {
    "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "0", "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1", "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "0", "LRU_CACHE_CAPACITY": "1",
}  # fmt: skip
_MEGA = 1e6


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def projected_bytes(case: Case) -> int:
    model = MODELS[case.model]()
    if case.setting is None:
        return inference_memory(model, cached=case.cached).total_bytes
    moments, notes = training_memory(model, case.setting)
    for note in notes:
        tell(f"note: {note}")
    return max(each.total_bytes for each in moments if each.phase != "foreach step")


def measured_bytes(child: str, *words: str) -> tuple[int, int]:
    """The peak that module `child` of this folder tells of its case, and what libraries kept."""
    line = [sys.executable, "-m", f"tests.benchmarks.{child}", *words]
    done = subprocess.run(
        line, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **_ENVIRONMENT}
    )
    peak, kept = map(int, done.stdout.splitlines()[-1].split())
    return peak, kept


def main() -> int:
    errors = []
    tell(f"{'case':44} {'projected':>11} {'measured':>11} {'kept':>8} {'error':>7}")
    for number, case in enumerate(CASES):
        if not all(word in case.name for word in sys.argv[1:]):
            continue
        projected = projected_bytes(case)
        measured, kept = measured_bytes("memory_real_child", str(number))
        errors.append(projected / measured - 1)
        figures = f"{projected / _MEGA:8.1f} MB {measured / _MEGA:8.1f} MB"
        figures += f" {kept / _MEGA:5.1f} MB {errors[-1]:+7.2%}"
        tell(f"{case.name:44} {figures}")
    within = sum(abs(each) <= TARGET for each in errors)
    largest = max(map(abs, errors), default=0.0)
    tell(f"{within} of {len(errors)} cases within {TARGET:.0%}; largest error {largest:.2%}")
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
