"""Measurements beside the projections of the same runs, and what they change in the bill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.catalog.hardware import Hardware
from advisor.measurement.result import Measurement, Spread
from advisor.measurement.training_comparison import ComparedTraining, compare_training
from advisor.measurement.training_result import TrainingMeasurement
from advisor.projection.check import project_run_bytes, project_run_seconds, relative_error
from advisor.projection.project import project
from advisor.projection.result import Estimate, Projection, saving_usd
from advisor.projection.scenario import Evidence, Scenario
from advisor.strategies.selection import Selection, parse_selection, setup_for
from advisor.strategies.strategy import DISTRIBUTE


@dataclass(frozen=True)
class MeasuredVariant:
    """A measurement, what had been projected for it, and how far off that was.

    `projected_s` and the errors are None where no hardware profile describes the machine.
    `before` and `after` are the bills with the measured baseline and variant in them; None where
    the scenario is about other hardware than it was measured on.
    """

    measurement: Measurement
    projected_s: Estimate | None
    latency_error: float | None
    memory_error: float | None
    before: Projection | None
    after: Projection | None

    @property
    def baseline_s(self) -> Spread:
        return self.measurement.baseline.latency_s

    @property
    def variant_s(self) -> Spread:
        return self.measurement.variant.latency_s

    @property
    def time_error(self) -> float | None:
        """Of the variant's time as projected."""
        return self.latency_error


def applied(chosen: Selection) -> Selection:
    """The part of a selection that is done to a model, so that it can be measured."""
    return tuple(choice for choice in chosen if choice.strategy.apply is not None)


def trained(chosen: Selection) -> Selection:
    """The part of a selection that changes a training step in one process."""
    return tuple(
        choice
        for choice in applied(chosen)
        if "training" in choice.strategy.phases and choice.strategy.stage != DISTRIBUTE
    )


class Measurements:
    """Every measurement of this session, by what was applied. The newest of each is kept.

    Those of training steps stand apart: they change nothing in the bill of what is served.
    """

    def __init__(self, machine_hardware: Hardware | None) -> None:
        self.machine_hardware = machine_hardware
        self._found: dict[Selection, Measurement] = {}
        self._trained: dict[Selection, TrainingMeasurement] = {}

    def add(self, measurement: Measurement) -> Selection:
        chosen = _measured_selection(measurement)
        self._found.pop(chosen, None)  # so that the last taken is the last of all
        self._found[chosen] = measurement
        return chosen

    def add_training(self, measurement: TrainingMeasurement) -> None:
        self._trained[_measured_selection(measurement)] = measurement

    def take_over(self, others: Measurements) -> None:
        """All that `others` hold, of forward passes and of training steps."""
        self._found.update(others._found)
        self._trained.update(others._trained)

    def all(self) -> tuple[Measurement, ...]:
        return tuple(self._found.values())

    def of(self, chosen: Selection) -> Measurement | None:
        return self._found.get(applied(chosen))

    def compare(self, scenario: Scenario, chosen: Selection) -> MeasuredVariant | None:
        """The measurement of what `chosen` applies to a model; None where there is none."""
        measurement = self.of(chosen)
        if measurement is None:
            return None
        hardware, setup = self.machine_hardware, setup_for(applied(chosen))
        if hardware is None:
            return MeasuredVariant(measurement, None, None, None, None, None)
        projected = project_run_seconds(scenario.profile, hardware, [setup])[0]
        held = project_run_bytes(scenario.profile, hardware, [setup])[0]
        run = measurement.variant
        memory = run.peak_memory_bytes
        same = hardware.id == scenario.hardware.id
        before, after = self._bills(scenario, chosen, measurement) if same else (None, None)
        return MeasuredVariant(
            measurement=measurement,
            projected_s=projected,
            latency_error=relative_error(projected.expected, run.latency_s.median),
            memory_error=None if memory is None else relative_error(held, memory),
            before=before,
            after=after,
        )

    def compare_training(self, scenario: Scenario, chosen: Selection) -> ComparedTraining | None:
        """The measured training step of `chosen`; None where it was not measured."""
        measurement = self._trained.get(trained(chosen))
        if measurement is None:
            return None
        return compare_training(measurement, scenario, self.machine_hardware)

    def _bills(
        self, scenario: Scenario, chosen: Selection, measurement: Measurement
    ) -> tuple[Projection, Projection]:
        """The bill with nothing on and with `chosen` on, each at its measured time."""
        assert self.machine_hardware is not None
        setups = [setup_for(()), setup_for(chosen)]
        baseline, variant = project_run_seconds(
            scenario.profile, self.machine_hardware, [setups[0], setup_for(applied(chosen))]
        )
        evidence = [
            Evidence(measurement.baseline.latency_s.median / baseline.expected, quality_drop=0.0),
            Evidence(
                measurement.variant.latency_s.median / variant.expected,
                quality_drop=measurement.quality_drop,
            ),
        ]
        before, after = project(scenario, setups, evidence)
        return before, after

    def projected_seconds(
        self, scenario: Scenario, selections: Sequence[Selection]
    ) -> list[float] | None:
        """Of the run that a measurement takes, for what each applies; None on unknown hardware."""
        if self.machine_hardware is None:
            return None
        setups = [setup_for(applied(each)) for each in selections]
        found = project_run_seconds(scenario.profile, self.machine_hardware, setups)
        return [each.expected for each in found]

    def saving(self, scenario: Scenario, chosen: Selection) -> float | None:
        """USD per month that `chosen` saves by its measurement; None where it was not measured."""
        if not chosen:
            return None
        compared = self.compare(scenario, chosen)
        if compared is None or compared.before is None or compared.after is None:
            return None
        return saving_usd(compared.before.bill, compared.after.bill)


def _measured_selection(measurement: Measurement | TrainingMeasurement) -> Selection:
    return parse_selection(",".join(measurement.request.choices), "the measurement")
