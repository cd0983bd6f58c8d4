"""A measurement of training beside the projections of the same steps."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog.hardware import Hardware
from advisor.measurement.result import Spread
from advisor.measurement.training_result import TrainingMeasurement, TrainingRun
from advisor.projection.check import relative_error
from advisor.projection.check_training import ProjectedStep, project_training_run
from advisor.projection.scenario import Scenario
from advisor.strategies.selection import parse_selection, setup_for


@dataclass(frozen=True)
class ComparedRun:
    """One of the two runs; all None where no hardware profile describes the machine."""

    projected: ProjectedStep | None
    step_error: float | None
    memory_error: float | None


@dataclass(frozen=True)
class ComparedTraining:
    """`ratio_error` is of the variant's step over the baseline's: what the strategies do to it."""

    measurement: TrainingMeasurement
    baseline: ComparedRun
    variant: ComparedRun
    ratio_error: float | None

    @property
    def baseline_s(self) -> Spread:
        return self.measurement.baseline.step_s

    @property
    def variant_s(self) -> Spread:
        return self.measurement.variant.step_s

    @property
    def time_error(self) -> float | None:
        """Of the variant's time as projected."""
        return self.variant.step_error


def compare_training(
    measurement: TrainingMeasurement, scenario: Scenario, hardware: Hardware | None
) -> ComparedTraining:
    """`hardware` is that of the machine it was measured on, None where it is not known."""
    found = measurement
    if hardware is None:
        unknown = ComparedRun(None, None, None)
        return ComparedTraining(found, unknown, unknown, None)
    chosen = parse_selection(",".join(found.request.choices), "the measurement")
    run = found.baseline
    before, after = project_training_run(
        scenario, hardware, [setup_for(()), setup_for(chosen)], run.samples_per_step,
        run.tokens_per_sample,
    )  # fmt: skip
    ratio_error = None
    if before.step_s is not None and after.step_s is not None:
        ratio_error = relative_error(
            after.step_s.expected / before.step_s.expected,
            found.variant.step_s.median / found.baseline.step_s.median,
        )
    return ComparedTraining(
        found, compared_run(before, found.baseline), compared_run(after, found.variant), ratio_error
    )


def compared_run(projected: ProjectedStep, run: TrainingRun) -> ComparedRun:
    """A run beside the projection of its step."""
    seconds, held, peak = projected.step_s, projected.memory_bytes, run.peak_memory_bytes
    return ComparedRun(
        projected,
        None if seconds is None else relative_error(seconds.expected, run.step_s.median),
        None if held is None or peak is None else relative_error(held, peak),
    )
