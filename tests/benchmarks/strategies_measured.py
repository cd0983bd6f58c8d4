"""Every strategy that can be measured here, projected and measured side by side.

`python -m tests.benchmarks.strategies_measured [--repeats N] [--models digits,tiny-gpt]
[--only TEXT] [--training]` takes what the registry has for serving at its default levels, and
combinations that make sense together. It prints the change of latency, memory, size and quality
against the model as it came, as projected and as measured, and the error of the variant's
projected change; then the medians of the absolute errors. Targets: latency 10%, memory 3%, size 1%.

With `--training` it trains instead: the step in the place of the latency, the loss in that of the
quality, by the strategies that change a step.

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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from advisor import units
from advisor.errors import AdvisorError, ExitCode
from advisor.measurement.process import run_measurement
from advisor.measurement.result import Measurement, ModelRequest
from advisor.measurement.training_comparison import ComparedTraining
from advisor.projection.check import (
    project_run_bytes,
    project_run_seconds,
    project_stored_bytes,
    relative_error,
)
from advisor.session import Session, open_session
from advisor.session_options import Options
from advisor.session_training import train, training_request
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
TRAINED = (
    "amp", "activation-checkpointing", "gradient-accumulation", "8-bit-optimizer", "lora",
    "activation-checkpointing,amp", "gradient-accumulation,lora",
)  # fmt: skip
TRAINED_MODELS = ("tiny-gpt",)
TRAINING_STEPS = 8
LIMIT_S = 120.0
PRIORITY = -10
HEADER = f"{'':44}{'latency':>27}{'memory':>27}{'size':>27}{'quality lost':>17}\n"


Pair = tuple[float, float]


@dataclass(frozen=True)
class Figures:
    """(projected, measured) of the variant over the baseline; None where one is not known."""

    latency_s: Pair
    latency: Pair
    memory: Pair | None
    size: Pair | None
    resident: Pair | None
    drop: tuple[float, float | None]
    noisy: bool

    def errors(self) -> dict[str, float]:
        """Of the projected change; for latency of the projected seconds too."""
        found = {"latency": _error(self.latency), "latency in seconds": _error(self.latency_s)}
        others = {"memory": self.memory, "resident memory": self.resident, "size": self.size}
        return found | {name: _error(pair) for name, pair in others.items() if pair is not None}


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


def training_figures(compared: ComparedTraining) -> Figures | None:
    """The same of a training step; the drop is what the loss ends higher by. None unprojected."""
    before, after = compared.baseline.projected, compared.variant.projected
    if before is None or after is None or before.step_s is None or after.step_s is None:
        return None
    found = compared.measurement
    one, two = found.baseline, found.variant
    memory = None
    if before.memory_bytes and after.memory_bytes and one.peak_memory_bytes:
        measured = (two.peak_memory_bytes or 0) / one.peak_memory_bytes
        memory = (after.memory_bytes / before.memory_bytes, measured)
    return Figures(
        latency_s=(after.step_s.expected, two.step_s.median),
        latency=(
            after.step_s.expected / before.step_s.expected,
            two.step_s.median / one.step_s.median,
        ),
        memory=memory,
        size=None,
        resident=None,
        drop=(0.0, two.last_loss / one.last_loss - 1),
        noisy=found.machine_is_too_noisy,
    )


def _error(pair: Pair) -> float:
    return relative_error(*pair)


def _column(pair: Pair | None) -> str:
    if pair is None:
        return f"{units.UNKNOWN:>27}"
    projected, measured = (units.percent(each - 1, signed=True) for each in pair)
    return f"{projected:>9}{measured:>9}{units.percent(_error(pair), signed=True):>9}"


def line(name: str, found: Figures) -> str:
    projected, measured = (units.percent(each, digits=2) for each in found.drop)
    noisy = "  too noisy to tell" if found.noisy else ""
    columns = "".join(map(_column, (found.latency, found.memory, found.size)))
    return f"{name:44}{columns}{projected:>8}{measured:>9}{noisy}\n"


def _opened(name: str) -> Session:
    session = open_session(ModelRequest(MODELS[name]), Options(), lambda *_: None)
    hardware = session.measurements.machine_hardware
    assert hardware is not None, "no profile describes this machine"
    calibrated = hardware.calibration
    figures_of = "catalog" if calibrated is None else f"calibrated {calibrated.taken_at}"
    sys.stdout.write(f"\n{hardware.name}, {figures_of}\n")
    sys.stdout.write(f"{name}: change projected, measured, error of the projected ratio\n{HEADER}")
    return session


def measure_model(name: str, repeats: int, only: str, limit_s: float) -> list[Figures]:
    session = _opened(name)

    def measured(chosen: Selection) -> Figures:
        session.switches.select(chosen)
        request = session.measurement_request(repeats=repeats)
        return figures(session, chosen, run_measurement(request, lambda *_: None, limit_s))

    return _each(selections(session, name), measured, only)


def train_model(name: str, only: str, limit_s: float) -> list[Figures]:
    session = _opened(name)

    def trained(chosen: Selection) -> Figures | None:
        request = training_request(session, chosen, steps=TRAINING_STEPS)
        compared = train(session, request, lambda *_: None, limit_s)
        assert isinstance(compared, ComparedTraining), "nothing of it is divided over processes"
        return training_figures(compared)

    return _each(map(parse_selection, TRAINED), trained, only)


def _each(
    wanted: Iterable[Selection], measured: Callable[[Selection], Figures | None], only: str
) -> list[Figures]:
    """Print a line for each as it comes; what cannot be measured says why."""
    every = []
    for chosen in wanted:
        text = ", ".join(map(str, chosen))
        if only not in text:
            continue
        try:
            found = measured(chosen)
        except AdvisorError as error:
            sys.stdout.write(f"{text:44}not measured: {str(error)[:120]}\n")
        else:
            if found is not None:
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
    parser.add_argument("--only", default="", metavar="TEXT", help="what its name holds")
    parser.add_argument("--training", action="store_true")
    parser.add_argument("--limit", type=float, default=LIMIT_S, help="seconds of a measurement")
    arguments = parser.parse_args()
    with contextlib.suppress(PermissionError):
        os.nice(PRIORITY)
    every: list[Figures] = []
    for name in TRAINED_MODELS if arguments.training else arguments.models.split(","):
        if arguments.training:
            every += train_model(name, arguments.only, arguments.limit)
        else:
            every += measure_model(name, arguments.repeats, arguments.only, arguments.limit)
    report_medians(every)
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
