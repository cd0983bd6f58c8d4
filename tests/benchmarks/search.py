"""How long the exact search takes: `python -m tests.benchmarks.search`.

Processor time, so that what else the machine does is not in it, of the strategies there are, as an
audit searches them, and of forty made-up ones with many levels; the setups of the space, those
evaluated whole, and the sides of setups evaluated for the bounds. Then the same on every hardware
that has a price, as `advisor audit --any-hardware` asks for.
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Mapping
from unittest.mock import patch

from advisor.advice.certificate import minima, usable_choices
from advisor.advice.search import best_setup
from advisor.advice.space import Choices
from advisor.catalog import load
from advisor.catalog.hardware import Hardware
from advisor.errors import ExitCode
from advisor.measurement.process import run_profile
from advisor.measurement.result import ModelRequest
from advisor.profiling.profile import ModelProfile
from advisor.projection.scenario import Scenario
from advisor.strategies import catalog
from advisor.strategies.selection import every_choice
from advisor.strategies.strategy import Strategy
from tests.benchmarks.search_space import forty
from tests.support.scenarios import scenario

CASES = (
    ("llama-3.1-70b", "h100-sxm", "chat-serving", "cloud-startup", ()),
    ("llama-3.1-70b", "h100-sxm", "chat-serving", "on-premises-enterprise", ()),
    ("digits", "t4", "batch-scoring", "cloud-startup", ()),
    ("llama-3.1-8b", "h100-sxm", "fine-tuning", "cloud-startup", ()),
    ("digits", "a100-80-sxm", "medical-diagnosis", "on-premises-enterprise", ()),
)


@functools.cache
def _profile(reference: str) -> ModelProfile:
    return run_profile(ModelRequest(reference), lambda *_: None)


def _report(name: str, given: Scenario, choices: Choices) -> None:
    best_setup(given, {})
    started = time.process_time()
    found = best_setup(given, choices)
    taken = time.process_time() - started
    chosen = ",".join(map(str, found.chosen)) or "nothing on"
    sys.stdout.write(
        f"{name:58} {float(found.setups):9.3g} {found.parts:8,} {found.evaluated:6,} {taken:7.2f}  "
        f"{found.usd_per_month:12,.2f} {'' if found.feasible else 'infeasible '}{chosen}\n"
    )
    sys.stdout.flush()


def _all(strategies: str, choices_on: Callable[[Hardware], Choices]) -> None:
    sys.stdout.write(f"{strategies:58}    setups    sides  whole       s  USD a month\n")
    for reference, hardware, workload, organization, settings in CASES:
        given = scenario(_profile(reference), hardware, workload, organization, settings)
        name = f"{reference} {hardware} {workload} {organization}"
        _report(name, given, choices_on(given.hardware))


def _everywhere() -> None:
    sys.stdout.write(f"{'on every hardware that has a price':58}    setups    parts        s\n")
    for reference, hardware, workload, organization, settings in CASES:
        given = scenario(_profile(reference), hardware, workload, organization, settings)
        started = time.process_time()
        found = minima(given, load.hardware().values())
        taken = time.process_time() - started
        setups = sum(each.setups for each in found)
        name = f"{reference} {workload} {organization}"
        sys.stdout.write(f"{name:58} {float(setups):9.3g} {len(found):8} {taken:8.2f}\n")
        sys.stdout.flush()


def main() -> int:
    _all(f"the {len(catalog.strategies())} strategies", usable_choices)
    _everywhere()
    made_up: Mapping[str, Strategy] = forty()
    where = "advisor.strategies.selection.strateg"
    with (
        patch(f"{where}ies", lambda: made_up),
        patch(f"{where}y_by_slug", lambda slug, _="": made_up[slug]),
    ):
        _all(f"{len(made_up)} made-up ones", lambda _: every_choice())
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
