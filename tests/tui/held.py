"""The screen in a process of its own around a model made by hand: `python -m tests.tui.held`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

from advisor.history import History
from advisor.measurement.result import ModelRequest
from advisor.profiling.profile import ModelProfile
from advisor.session import session_for
from advisor.session_options import Options
from advisor.tui.app import AdvisorApp, run
from tests.support import profiles

SECRET = "correct horse battery staple"


def with_modules(count: int) -> ModelProfile:
    """An encoder of `count` modules, each with an operator of its own."""
    found = profiles.encoder()
    phase = found.phases[0]
    kinds = phase.operators
    operators = tuple(
        replace(
            kinds[at % len(kinds)], module=f"encoder.layer.{at // 10}.{at % 10}.{at:05d}", repeats=1
        )
        for at in range(count)
    )
    return replace(found, phases=(replace(phase, operators=operators),))


def _crash(app: AdvisorApp) -> None:
    password = SECRET
    raise RuntimeError(f"{app.title}\x1b[31m has {len(password)} letters")


def _write_everywhere(app: AdvisorApp) -> None:
    """As C libraries and child processes do that know nothing of a screen."""
    os.write(1, b"written to 1\n")
    os.write(2, b"written to 2\n")
    subprocess.run([sys.executable, "-c", "print('written by a child')"], check=True)
    threading.Thread(target=lambda: os.write(2, b"[31mflood\n" * 100_000), daemon=True).start()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--modules", type=int, default=300)
    parser.add_argument("--plan", action="store_true", help="work the plan out too")
    parser.add_argument("--fault", choices=["crash", "write"], help="what p does")
    parser.add_argument("--no-mouse", action="store_true")
    parser.add_argument("--ascii", action="store_true")
    arguments = parser.parse_args()
    if not arguments.plan:
        setattr(sys.modules["advisor.tui.course"], "work_out_plan", lambda *_: None)  # noqa: B010
    if arguments.fault is not None:
        faults = {"crash": _crash, "write": _write_everywhere}
        setattr(AdvisorApp, "action_pause", faults[arguments.fault])  # noqa: B010
    profile = with_modules(arguments.modules)
    request = ModelRequest(profile.reference)
    options = Options(hardware="a100-80-sxm", workload="retail-recommendation")
    session = session_for(profile, request, options, History(Path(os.environ["HISTORY"])))
    given: dict[str, str | bool] = {"mouse": not arguments.no_mouse, "ascii": arguments.ascii}
    return run(request, options, given, session)


if __name__ == "__main__":
    sys.exit(main())
