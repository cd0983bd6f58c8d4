"""How long the main path takes on this machine: `python -m tests.benchmarks.spine`.

Prints one line a figure: seconds (median of the runs, and their range) for a whole
`advisor audit llama-3.1-70b` in a process of its own, for `advisor --help`, and for what one
toggle costs the screen's process (a snapshot of every strategy, and the plan's search).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from advisor.errors import ExitCode
from advisor.measurement.process import run_profile
from advisor.measurement.result import ModelRequest
from advisor.session import session_for
from advisor.session_options import Options

MODEL = "llama-3.1-70b"
HARDWARE = "h100-sxm"


def report(name: str, action: Callable[[], object], runs: int) -> None:
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    middle = statistics.median(seconds)
    sys.stdout.write(
        f"{name:42} {middle:8.3f} s  ({min(seconds):.3f} to {max(seconds):.3f}, {runs} runs)\n"
    )
    sys.stdout.flush()


def command(*arguments: str) -> Callable[[], object]:
    line = [sys.executable, "-m", "advisor", *arguments]
    return lambda: subprocess.run(line, check=True, capture_output=True)


def main() -> int:
    report("advisor --help", command("--help"), 5)
    report(f"advisor audit {MODEL}", command("audit", MODEL, "--hardware", HARDWARE), 3)
    request = ModelRequest(MODEL)
    profile = run_profile(request, lambda text, fraction: None)
    session = session_for(profile, request, Options(hardware=HARDWARE))

    def toggle() -> None:
        session.switches.toggle("int8-weight-only")
        session.snapshot()

    report("toggle, with all that is shown", toggle, 20)
    report("plan, with the exact search", session.plan, 3)
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
