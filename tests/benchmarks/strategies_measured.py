"""Every strategy that can be measured here, projected and measured side by side.

`python -m tests.benchmarks.strategies_measured [--repeats N] [--models digits,tiny-gpt]` takes what
the registry has for serving at its default levels, and combinations that make sense together. It
prints the change of latency, memory, size and quality against the model as it came, as projected
and as measured, and the error of the variant's projected change; then the medians of the absolute
errors. Targets: latency 10%, memory 3%, size 1%.

Baseline and variant take turns, so a busy box disturbs both; it asks for a higher priority where
it may. Times are projected with the calibration of the box where one is stored (`advisor
calibrate`). Memory is of tensors; the resident size has the libraries' own memory too.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from advisor import units
from advisor.errors import AdvisorError, ExitCode
from advisor.measurement.process import run_measurement
from advisor.measurement.result import Measurement, ModelRequest
from advisor.projection.check import (
    project_run_bytes,
    project_run_seconds,
    project_stored_bytes,
    relative_error,
)
from advisor.session import Options, Session, open_session
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import Choice, Selection, lacking_here, parse_selection, setup_for

MINILM = Path(__file__).parents[1] / "integration/models/minilm_factory.py"
MODELS = {"digits": "digits", "tiny-gpt": "tiny-gpt", "minilm": f"{MINILM}:build"}
COMBINATIONS = {
    "digits": (
        "structured-pruning,recovery:steps=100",
        "channels-last,bf16",
        "unstructured-pruning,recovery:steps=100",
        "structured-pruning,recovery:steps=100,int8-weight-only",
    ),
    "tiny-gpt": ("bf16,torch-compile", "int8-dynamic,torch-compile", "structured-pruning,bf16"),
    "minilm": ("bf16,torch-compile", "int8-weight-only,torch-compile", "amp,structured-pruning"),
}
"""What one would use together, by the models that it can be done to."""
LIMIT_S = 120.0
PRIORITY = -10
HEADER = f"{'':44}{'latency':>27}{'memory':>27}{'size':>27}{'quality lost':>17}\n"


@dataclass(frozen=True)
class Figures:
    """(projected, measured) of the variant over the baseline; None where one is not known."""

    latency_s: tuple[float, float]
    latency: tuple[float, float]
    memory: tuple[float, float] | None
    size: tuple[float, float]
    resident: tuple[float, float] | None
    drop: tuple[float, float | None]
    noisy: bool

    def errors(self) -> dict[str, float]:
        """Of the projected change; for latency of the projected seconds too."""
        found = {"latency": _error(self.latency), "latency in seconds": _error(self.latency_s)}
        for name, pair in (("memory", self.memory), ("resident memory", self.resident)):
            if pair is not None:
                found[name] = _error(pair)
        return {**found, "size": _error(self.size)}


def selections(session: Session, name: str) -> Iterator[Selection]:
    """Each strategy for serving that this machine can measure, then the combinations."""
    for slug, strategy in strategies().items():
        serves = strategy.apply is not None and "serving" in strategy.phases
        if serves and lacking_here(session.machine, strategy) is None:
            yield (Choice(slug),)
    yield from (parse_selection(text) for text in COMBINATIONS[name])


def figures(session: Session, chosen: Selection, found: Measurement) -> Figures:
    hardware = session.measurements.machine_hardware
    assert hardware is not None, "no profile describes this machine"
    profile, setups = session.scenario.profile, [setup_for(()), setup_for(chosen)]
    seconds = [each.expected for each in project_run_seconds(profile, hardware, setups)]
    held = project_run_bytes(profile, hardware, setups)
    sizes = project_stored_bytes(profile, hardware, setups)
    before, after = found.baseline, found.variant
    memory = None
    if before.peak_memory_bytes is not None and after.peak_memory_bytes is not None:
        memory = (held[1] / held[0], after.peak_memory_bytes / before.peak_memory_bytes)
    grown = [each.resident_growth_bytes for each in (before, after)]
    resident = None
    if grown[0] is not None and grown[1] is not None:
        measured = (after.size_bytes + grown[1]) / (before.size_bytes + grown[0])
        resident = (held[1] / held[0], measured)
    drop = setups[1].quality_drop.expected
    return Figures(
        latency_s=(seconds[1], after.latency_s.median),
        latency=(seconds[1] / seconds[0], after.latency_s.median / before.latency_s.median),
        memory=memory,
        size=(float(sizes[1] / sizes[0]), after.size_bytes / before.size_bytes),
        resident=resident,
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
    hardware = session.measurements.machine_hardware
    assert hardware is not None, "no profile describes this machine"
    calibrated = hardware.calibration
    figures_of = "catalog" if calibrated is None else f"calibrated {calibrated.taken_at}"
    sys.stdout.write(f"\n{hardware.name}, {figures_of}\n")
    sys.stdout.write(f"{name}: change projected, measured, error of the projected ratio\n{HEADER}")
    every = []
    for chosen in selections(session, name):
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
        for name in ("latency", "latency in seconds", "memory", "resident memory", "size"):
            errors = [abs(found[name]) for each in chosen if name in (found := each.errors())]
            if errors:
                middle, most = statistics.median(errors), max(errors)
                text = f"{units.percent(middle)} (worst {units.percent(most)})"
                sys.stdout.write(f"  {name:20}{text}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--models", default=",".join(MODELS))
    arguments = parser.parse_args()
    with contextlib.suppress(PermissionError):
        os.nice(PRIORITY)
    every: list[Figures] = []
    for name in arguments.models.split(","):
        every += measure_model(name, arguments.repeats)
    report_medians(every)
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
