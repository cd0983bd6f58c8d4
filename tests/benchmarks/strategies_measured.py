"""Every strategy that can be measured here, projected and measured side by side.

`python -m tests.benchmarks.strategies_measured [--repeats N] [--models digits,tiny-gpt]` takes what
the registry has at its default levels, and combinations of strategies of different stages. It
prints the change of latency, memory, size and quality against the model as it came, as projected
and as measured, and the error of the variant's projected figure; then the medians of the absolute
errors. Targets: latency 10%, memory 3%, size 1%.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from advisor import units
from advisor.errors import AdvisorError, ExitCode
from advisor.measurement.process import run_measurement
from advisor.measurement.result import Measurement, ModelRequest
from advisor.projection.check import project_run_bytes, project_run_seconds, relative_error
from advisor.projection.columns import setup_columns
from advisor.projection.memory import weight_bytes
from advisor.projection.operators import operator_table
from advisor.projection.serving import main_phase
from advisor.session import Options, Session, open_session
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import Choice, Selection, conflict, lacking_here, setup_for

MINILM = Path(__file__).parents[1] / "integration/models/minilm_factory.py"
MODELS = {"digits": "digits", "tiny-gpt": "tiny-gpt", "minilm": f"{MINILM}:build"}
COMBINATIONS = 6
LIMIT_S = 240.0
HEADER = f"{'':44}{'latency':>27}{'memory':>27}{'size':>27}{'quality lost':>17}\n"


@dataclass(frozen=True)
class Figures:
    """(projected, measured) of the variant over the baseline; None where one is not known."""

    latency_s: tuple[float, float]
    latency: tuple[float, float]
    memory: tuple[float, float] | None
    size: tuple[float, float]
    drop: tuple[float, float | None]
    noisy: bool

    def errors(self) -> dict[str, float]:
        """Of the projected change; for latency of the projected seconds too."""
        found = {"latency": _error(self.latency), "latency in seconds": _error(self.latency_s)}
        if self.memory is not None:
            found["memory"] = _error(self.memory)
        return {**found, "size": _error(self.size)}


def selections(session: Session) -> Iterator[Selection]:
    """Each strategy alone that this machine can measure, then combinations across stages."""
    alone = [
        Choice(slug)
        for slug, strategy in strategies().items()
        if strategy.apply is not None and lacking_here(session.machine, strategy) is None
    ]
    yield from ((choice,) for choice in alone)
    pairs = (
        pair
        for pair in itertools.combinations(alone, 2)
        if pair[0].strategy.stage != pair[1].strategy.stage and not conflict(pair[0].slug, pair[1:])
    )
    yield from itertools.islice(pairs, COMBINATIONS)


def figures(session: Session, chosen: Selection, found: Measurement) -> Figures:
    hardware = session.measurements.machine_hardware
    assert hardware is not None, "no profile describes this machine"
    profile, setups = session.scenario.profile, [setup_for(()), setup_for(chosen)]
    seconds = [each.expected for each in project_run_seconds(profile, hardware, setups)]
    held = project_run_bytes(profile, hardware, setups)
    table = operator_table(main_phase(profile))
    sizes = weight_bytes(profile, table, setup_columns(setups, profile.dtype, hardware))
    before, after = found.baseline, found.variant
    memory = None
    if before.peak_memory_bytes is not None and after.peak_memory_bytes is not None:
        memory = (held[1] / held[0], after.peak_memory_bytes / before.peak_memory_bytes)
    drop = setups[1].quality_drop.expected
    return Figures(
        latency_s=(seconds[1], after.latency_s.median),
        latency=(seconds[1] / seconds[0], after.latency_s.median / before.latency_s.median),
        memory=memory,
        size=(float(sizes[1] / sizes[0]), after.size_bytes / before.size_bytes),
        drop=(drop, found.quality_drop),
        noisy=found.machine_is_too_noisy,
    )


def _error(pair: tuple[float, float]) -> float:
    return relative_error(*pair)


def _column(pair: tuple[float, float] | None) -> str:
    if pair is None:
        return f"{units.UNKNOWN:>27}"
    projected, measured = (units.percent(each - 1, signed=True) for each in pair)
    return f"{projected:>9}{measured:>9}{units.percent(_error(pair), signed=True):>9}"


def line(name: str, found: Figures) -> str:
    projected, measured = (units.percent(each, digits=2) for each in found.drop)
    noisy = "  too noisy to tell" if found.noisy else ""
    columns = "".join(map(_column, (found.latency, found.memory, found.size)))
    return f"{name:44}{columns}{projected:>8}{measured:>9}{noisy}\n"


def measure_model(name: str, repeats: int) -> list[Figures]:
    session = open_session(ModelRequest(MODELS[name]), Options(), lambda *_: None)
    sys.stdout.write(
        f"\n{name}: change projected, measured, error of the projected ratio\n{HEADER}"
    )
    every = []
    for chosen in selections(session):
        text = ", ".join(map(str, chosen))
        session.switches.select(chosen)
        try:
            request = session.measurement_request(repeats=repeats)
            found = figures(session, chosen, run_measurement(request, lambda *_: None, LIMIT_S))
        except AdvisorError as error:
            sys.stdout.write(f"{text:44}not measured: {str(error)[:120]}\n")
        else:
            every.append(found)
            sys.stdout.write(line(text, found))
        sys.stdout.flush()
    return every


def report_medians(every: list[Figures]) -> None:
    """Over all that was measured, and over what the machine could tell."""
    steady = [each for each in every if not each.noisy]
    for title, chosen in (("all", every), ("not too noisy", steady)):
        sys.stdout.write(f"\nmedian absolute error, {title}: {len(chosen)} measurements\n")
        for name in ("latency", "latency in seconds", "memory", "size"):
            errors = [abs(found[name]) for each in chosen if name in (found := each.errors())]
            if errors:
                middle, most = statistics.median(errors), max(errors)
                text = f"{units.percent(middle)} (worst {units.percent(most)})"
                sys.stdout.write(f"  {name:20}{text}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--models", default=",".join(MODELS))
    arguments = parser.parse_args()
    every: list[Figures] = []
    for name in arguments.models.split(","):
        every += measure_model(name, arguments.repeats)
    report_medians(every)
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
