"""How long projections take on this machine: `python -m tests.benchmarks.projection_speed`.

Processor time, so that what else the machine does is not in it. Milliseconds of the operators'
time of one setup, and of its whole projection (three cases, training, memory, the bill), for
profiles of 2,000 operators: an encoder whose blocks are alike, as real models' are, and one where
no two blocks are. Then seconds of 100,000 setups at the middle of every range; their knobs are
drawn at random, and those that run alike are evaluated once.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from advisor.catalog.pricing import PurchaseOption
from advisor.errors import ExitCode
from advisor.profiling.profile import ModelProfile
from advisor.projection.columns import setup_columns
from advisor.projection.engine import evaluate
from advisor.projection.operators import operator_table
from advisor.projection.project import project
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from advisor.projection.time import Load, phase_seconds
from advisor.strategies.selection import every_choice, setup_for
from tests.support.profiles import decoder, encoder
from tests.support.scenarios import scenario

MANY = 100_000
PURCHASES: tuple[PurchaseOption | None, ...] = (None, "spot", "on-demand")
OPERATORS = 2_000


def unrolled(profile: ModelProfile, *, alike: bool) -> ModelProfile:
    """A profile whose first phase has `OPERATORS` rows of one call each."""
    phase = profile.phases[0]
    rows = [
        replace(
            row,
            module=row.module.replace("block.", f"block.{block}.", 1),
            repeats=1,
            weight_bytes=row.weight_bytes + (0 if alike else 2 * block),
        )
        for block in range(OPERATORS // len(phase.operators))
        for row in phase.operators
    ]
    return replace(profile, phases=(replace(phase, operators=tuple(rows)), *profile.phases[1:]))


def drawn(count: int) -> list[Setup]:
    """Setups of random knobs, half of which concern time."""
    random_source = random.Random(0)

    def one() -> Setup:
        pick = random_source.choice
        return Setup(
            float_format=pick(("native", "bf16", "fp16")),
            execution=pick(("eager", "compiled", "captured")),
            weight_format=pick(("native", "int8", "int4")),
            channels_removed=pick((0.0, 0.1, 0.2, 0.3, 0.5)),
            weights_masked=random_source.random(),
            mig_slice=pick((None, "1g", "2g", "3g")),
            serving_purchase=random_source.choice(PURCHASES),
        )

    return [one() for _ in range(count)]


def seconds(action: Callable[[], object], runs: int) -> Sequence[float]:
    found = []
    for _ in range(runs):
        started = time.process_time()
        action()
        found.append(time.process_time() - started)
    return found


def report(name: str, taken: Sequence[float], scale: float, unit: str) -> None:
    middle, least, most = statistics.median(taken), min(taken), max(taken)
    sys.stdout.write(
        f"{name:58} {middle * scale:8.2f} {unit}  ({least * scale:.2f} to {most * scale:.2f})\n"
    )
    sys.stdout.flush()


def operators_time(profile: ModelProfile, given: Scenario) -> Callable[[], object]:
    """The seconds of the first phase at the middle of every range."""
    table, one = operator_table(profile.phases[0]), np.ones(1)
    load = Load(one, one * table.query_tokens, one * table.context_tokens, one)

    def action() -> object:
        columns = setup_columns([Setup()], profile.dtype, given.hardware)
        return phase_seconds(table, columns, load, given.hardware, "expected")

    return action


def one_setup(*, alike: bool) -> None:
    profile = unrolled(encoder(), alike=alike)
    given = scenario(profile, "a100-80-sxm", "batch-scoring")
    project(given, [Setup()])
    name = f"{len(profile.phases[0].operators)} operators, {'' if alike else 'no '}blocks alike"
    report(f"time of one setup, {name}", seconds(operators_time(profile, given), 50), 1e3, "ms")
    whole = seconds(lambda: project(given, [Setup()]), 20)
    report(f"projection of one setup, {name}", whole, 1e3, "ms")


def toggle() -> None:
    """What the screen projects at each key: what is on, and each strategy switched over."""
    given = scenario(unrolled(encoder(), alike=True), "a100-80-sxm", "batch-scoring")
    setups = [setup_for(()), *(setup_for((levels[0],)) for levels in every_choice().values())]
    project(given, setups)
    taken = seconds(lambda: project(given, setups), 20)
    report(f"a toggle on the screen: {len(setups)} setups projected", taken, 1e3, "ms")


def main() -> int:
    one_setup(alike=True)
    one_setup(alike=False)
    toggle()
    setups = drawn(MANY)
    for name, profile in (("encoder", encoder()), ("decoder", decoder())):
        workload = "chat-serving" if profile.decoder else "batch-scoring"
        given = scenario(profile, "a100-80-sxm", workload)
        evaluate(given, setups[:10])
        report(f"{MANY:,} drawn setups, {name}", _evaluated(given, setups), 1.0, "s")
    return ExitCode.DONE


def _evaluated(given: Scenario, setups: Sequence[Setup]) -> Sequence[float]:
    return seconds(lambda: evaluate(given, setups), 3)


if __name__ == "__main__":
    sys.exit(main())
