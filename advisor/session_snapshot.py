"""What a face paints of a session: one value with every figure in it."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.advice.indicators import Indicator, indicators
from advisor.advice.rule import Finding
from advisor.measurement.comparison import MeasuredVariant, Measurements, applied
from advisor.measurement.training_comparison import ComparedTraining
from advisor.projection.project import project
from advisor.projection.result import Projection, saving_usd
from advisor.projection.scenario import Scenario
from advisor.strategies.catalog import by_family, strategies
from advisor.strategies.selection import Choice, Selection, conflict, lacking_on, setup_for
from advisor.strategies.strategy import Parameter
from advisor.strategies.switchboard import Switchboard


@dataclass(frozen=True)
class StrategyRow:
    """One strategy as a face shows it. Savings are USD per month; positive is cheaper.

    `projected_saving_usd` compares what is on with and without this strategy; None where it
    cannot be switched on. `measured_saving_usd` is of this strategy alone, measured alone.
    """

    choice: Choice
    is_on: bool
    unavailable: str | None
    """What the hardware lacks for it, or what it conflicts with; None where it can be used."""
    projected_saving_usd: float | None
    measured_saving_usd: float | None
    recommended: bool
    cautioned: bool
    forbidden: bool
    toggled: Projection | None
    """What is on, with this strategy switched the other way; None where it cannot be switched on,
    which is not projected."""
    measured_alone: MeasuredVariant | None
    """The measurement of this strategy with nothing else on."""
    stepped: Parameter | None = None
    """The parameter whose level is stepped; None where the strategy has none."""


@dataclass(frozen=True)
class Snapshot:
    """Everything that a face needs to paint itself once."""

    scenario: Scenario
    chosen: Selection
    before: Projection
    selected: Projection
    rows: tuple[StrategyRow, ...]
    findings: tuple[Finding, ...]
    measured: MeasuredVariant | None
    """The measurement of what is switched on."""
    trained: ComparedTraining | None
    """The measurement of its training step."""
    can_undo: bool
    can_redo: bool
    calibration_note: str | None = None
    """Why the projection does not stand on a calibration of this machine, which it is about."""

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """What the selection does to the model and the bill, projected and measured."""
        metric = self.scenario.profile.metric
        return indicators(self.before, self.selected, self.measured, metric, self.trained)


def take_snapshot(
    scenario: Scenario, switches: Switchboard, measurements: Measurements, before: Projection,
    said: tuple[Finding, ...], calibration_note: str | None,
) -> Snapshot:  # fmt: skip
    """All of it, projected at once; `before` is the bill with nothing on, `said` by the rules."""
    chosen, rows = switches.chosen, _Rows(scenario, switches, measurements, said)
    unavailable = {slug: rows.unavailable(slug) for slug in by_family()}
    usable = [slug for slug, reason in unavailable.items() if reason is None or rows.is_on(slug)]
    wanted = (chosen, *map(rows.toggled, usable))
    # Of the others only what they come to is shown.
    selected, *others = project(scenario, [setup_for(each) for each in wanted], detailed=1)
    toggled = dict(zip(usable, others, strict=True))
    return Snapshot(
        scenario=scenario,
        chosen=chosen,
        before=before,
        selected=selected,
        rows=tuple(
            rows.row(slug, reason, selected, toggled.get(slug))
            for slug, reason in unavailable.items()
        ),
        findings=said,
        measured=measurements.compare(scenario, chosen),
        trained=measurements.compare_training(scenario, chosen),
        can_undo=switches.can_undo,
        can_redo=switches.can_redo,
        calibration_note=calibration_note,
    )


@dataclass(frozen=True)
class _Rows:
    """What the row of each strategy is told from."""

    scenario: Scenario
    switches: Switchboard
    measurements: Measurements
    said: tuple[Finding, ...]

    def is_on(self, slug: str) -> bool:
        return self.switches.choice(slug) is not None

    def toggled(self, slug: str) -> Selection:
        """What would be on if `slug` were toggled, conflicts or not."""
        chosen = self.switches.chosen
        rest = tuple(choice for choice in chosen if choice.slug != slug)
        if len(rest) < len(chosen):
            return rest
        return tuple(sorted((*rest, Choice(slug)), key=lambda choice: choice.slug))

    def unavailable(self, slug: str) -> str | None:
        """What the hardware lacks for a strategy, or what that is on it conflicts with."""
        lacks = lacking_on(self.scenario.hardware, strategies()[slug])
        return lacks or (None if self.is_on(slug) else conflict(slug, self.switches.chosen))

    def row(
        self, slug: str, unavailable: str | None, selected: Projection, other: Projection | None
    ) -> StrategyRow:
        """`other` is the projection with the strategy switched the other way."""
        is_on, choice = self.is_on(slug), self.switches.choice(slug) or Choice(slug)
        alone = applied((choice,))
        saving = None
        if other is not None and unavailable is None:
            without, with_it = (other, selected) if is_on else (selected, other)
            saving = saving_usd(without.bill, with_it.bill)
        return StrategyRow(
            choice=choice,
            is_on=is_on,
            unavailable=unavailable,
            projected_saving_usd=saving,
            measured_saving_usd=self.measurements.saving(self.scenario, alone),
            recommended=any(slug in finding.recommends for finding in self.said),
            cautioned=any(slug in finding.cautions for finding in self.said),
            forbidden=any(slug in finding.forbids for finding in self.said),
            toggled=other,
            measured_alone=self.measurements.compare(self.scenario, alone) if alone else None,
            stepped=self.switches.stepped(slug),
        )
