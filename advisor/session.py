"""A session: what is loaded, switched on, projected and measured. Free of any screen.

The command line and the Textual app are two faces of this. Nothing here waits for torch: the
model is profiled and measured by other processes, and a toggle is a projection of a few setups.
"""

from __future__ import annotations

import copy
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace

from advisor import __version__
from advisor.advice.certificate import minima, with_relaxations
from advisor.advice.front import FrontPoint, advised_front
from advisor.advice.goal import COST, Goal
from advisor.advice.plan import Plan, make_plan
from advisor.advice.plan_economics import PlanEconomics, plan_economics
from advisor.advice.rule import Facts, Finding, findings
from advisor.catalog import load
from advisor.catalog.hardware import Hardware
from advisor.errors import AdvisorError
from advisor.export.audit import Audit
from advisor.history import History
from advisor.measurement.calibration.here import hardware_here
from advisor.measurement.comparison import MeasuredVariant, Measurements, applied
from advisor.measurement.identity import Identity, Request, identity
from advisor.measurement.process import run_profile
from advisor.measurement.result import Measurement, MeasurementRequest, ModelRequest
from advisor.measurement.sensitivity import Sensitivity, SensitivityRequest
from advisor.profiling.profile import ModelProfile
from advisor.projection.named import check_names, named_scenario
from advisor.projection.project import project
from advisor.projection.scenario import Scenario
from advisor.session_options import Options
from advisor.session_snapshot import Snapshot, take_snapshot
from advisor.strategies.selection import (
    Selection,
    lacking_for_a_pass,
    refuse_lacking,
    setup_for,
)
from advisor.strategies.switchboard import Switchboard
from advisor.telemetry.machine import Machine, machine
from advisor.telemetry.summary import WatchSummary


class Session:
    """State that changes only by its methods; a face reads `snapshot()` and `audit()`."""

    def __init__(
        self,
        scenario: Scenario,
        request: ModelRequest,
        machine: Machine,
        machine_hardware: Hardware | None,
        history: History | None = None,
        settings: tuple[str, ...] = (),
        calibration_note: str | None = None,
        hardware: str | None = None,
        goal: Goal = COST,
        watched: WatchSummary | None = None,
    ) -> None:
        self.scenario = scenario
        self.goal = goal
        self.watched = watched
        self.request = request
        self.machine = machine
        self.history = history
        self.switches = Switchboard()
        self.measurements = Measurements(machine_hardware)
        self.calibration_note = calibration_note
        self._hardware = hardware or scenario.hardware.id
        self._settings = settings
        self._advice: tuple[Facts, tuple[Finding, ...]] | None = None

    @property
    def chosen(self) -> Selection:
        return self.switches.chosen

    def select(self, chosen: Selection) -> None:
        """Switch on exactly `chosen`; UsageError names what the hardware lacks for one of them."""
        refuse_lacking(self.scenario.hardware, chosen)
        self.switches.select(chosen)

    def command_line(self) -> str:
        """The line that gives this audit again, to be shared."""
        scenario = self.scenario
        words = ["advisor", "audit", self.request.reference]
        words += ["--weights"] if self.request.weights else []
        words += ["--trust-remote-code"] if self.request.trust_remote_code else []
        words += [word for given in self.request.inputs for word in ("--inputs", given)]
        for option, size in self.request.sizes():
            words += [option, str(size)]
        words += ["--hardware", self._hardware, "--workload", scenario.workload.id]
        words += ["--organization", scenario.organization.id]
        words += [word for setting in self._settings for word in ("--set", setting)]
        words += self.goal.words()
        if self.chosen:
            words += ["--with", ",".join(str(choice) for choice in self.chosen)]
        return shlex.join(words)

    def measurement_request(
        self, device: str | None = None, repeats: int = 30, chosen: Selection | None = None
    ) -> MeasurementRequest:
        """What to measure: the part of `chosen`, else of what is on, that is done to a model."""
        where = device or ("cuda" if self.machine.devices else "cpu")
        wanted = self.chosen if chosen is None else chosen
        choices = tuple(str(choice) for choice in applied(wanted))
        return MeasurementRequest(self.request, choices, repeats, where)

    def lacking_for_measurement(self, chosen: Selection | None = None) -> tuple[str, ...]:
        """Why `chosen`, else what is on, cannot be measured here: a line for each such strategy."""
        return tuple(
            f"{choice.slug}: {lacks}"
            for choice in applied(self.chosen if chosen is None else chosen)
            if (lacks := lacking_for_a_pass(self.machine, choice.strategy)) is not None
        )

    def record(self, measurement: Measurement) -> MeasuredVariant:
        """Keep a measurement, in the history too, and return it beside its projection."""
        chosen = self.measurements.add(measurement)
        compared = self.measurements.compare(self.scenario, chosen)
        assert compared is not None
        if self.history is not None:
            projected = compared.projected_s
            self.history.add(
                measurement,
                None if projected is None else projected.expected,
                self.identity(measurement.request),
            )
        return compared

    def taken_before(self, request: MeasurementRequest) -> Measurement | None:
        """What the history holds of this model with those strategies, machine and versions."""
        known_by = self.identity(request)
        if self.history is None or known_by is None:
            return None
        return self.history.find(known_by, request)

    def scored_before(self, request: SensitivityRequest) -> Sensitivity | None:
        """What the history holds of the layers of this model, as `taken_before` of the whole."""
        known_by = self.identity(request)
        if self.history is None or known_by is None:
            return None
        return self.history.find_sensitivity(known_by, request)

    def record_scores(self, found: Sensitivity) -> None:
        """Keep in the history what its layers lose, where the model can be known again."""
        known_by = self.identity(found.request)
        if self.history is not None and known_by is not None:
            self.history.add_sensitivity(found, known_by)

    def recall(self) -> int:
        """Take in what the history holds of this model on this machine; returns how many.

        Figures that were measured then stand in the place of projected ones from now on.
        """
        known_by = self.identity(self.measurement_request())
        if self.history is None or known_by is None:
            return 0
        earlier = self.history.taken_before(known_by)
        for measurement in reversed(earlier):
            self.measurements.add(measurement)
        for trained in reversed(self.history.trained_before(known_by)):
            self.measurements.add_training(trained)
        return len(earlier)

    def identity(self, request: Request) -> Identity | None:
        """What the history knows this model by here, None where it cannot be known again."""
        return identity(self.scenario.profile.fingerprint, request, self.machine)

    def facts(self) -> Facts:
        """What the rules look at: nothing in it depends on what is switched on."""
        return self.advice()[0]

    def advice(self) -> tuple[Facts, tuple[Finding, ...]]:
        """The facts and what the rules say of them; worked out again after a measurement."""
        measured = self.measurements.all()
        if self._advice is None or self._advice[0].measurements != measured:
            before = project(self.scenario, [setup_for(())])[0]
            facts = Facts(self.scenario, before, measured, self.watched)
            self._advice = facts, findings(facts)
        return self._advice

    def plan(self) -> Plan:
        return make_plan(*self.advice(), self.goal)

    def whole_plan(self) -> Plan:
        """The plan, and where no setup keeps every limit which would have to give way."""
        plan = self.plan()
        found = with_relaxations(plan.certificate, self.scenario, self.advice()[1], self.goal)
        return replace(plan, certificate=found)

    def front(self) -> Iterator[FrontPoint]:
        """Cost against quality at risk, from the cheapest setup to the one that loses least.

        Each point takes an exact search, up to seconds: a screen reads it in a thread.
        """
        return advised_front(self.scenario, self.advice()[1], self.goal)

    def audit(
        self,
        *,
        any_hardware: bool = False,
        front: bool = False,
        plan: Plan | None = None,
        economics: PlanEconomics | None = None,
    ) -> Audit:
        """All that is known now, for an export.

        With the minimum on each hardware, and cost against quality at risk, where asked. `plan`
        and `economics` are worked out where they are not there already.
        """
        facts, said = self.advice()
        plan = plan or self.whole_plan()
        if any_hardware:
            elsewhere = minima(self.scenario, load.hardware().values(), self.goal)
            plan = replace(plan, certificate=replace(plan.certificate, elsewhere=elsewhere))
        asked = [word for word, on in (("any-hardware", any_hardware), ("front", front)) if on]
        return Audit(
            profile=self.scenario.profile,
            scenario=self.scenario,
            command_line="".join([self.command_line(), *(f" --{word}" for word in asked)]),
            chosen=self.chosen,
            before=facts.before,
            selected=project(self.scenario, [setup_for(self.chosen)])[0],
            measured=self.measurements.compare(self.scenario, self.chosen),
            trained=self.measurements.compare_training(self.scenario, self.chosen),
            findings=said,
            plan=plan,
            economics=economics or plan_economics(facts, plan),
            version=__version__,
            front=tuple(self.front()) if front else (),
        )

    def standing(self) -> Session:
        """This session as it is now, for another process: what changes later does not reach it."""
        taken = copy.copy(self)
        taken.history = None
        taken.switches = Switchboard(self.chosen)
        taken.measurements = Measurements(self.measurements.machine_hardware)
        taken.measurements.take_over(self.measurements)
        return taken

    def snapshot(self) -> Snapshot:
        facts, said = self.advice()
        return take_snapshot(
            self.scenario, self.switches, self.measurements, facts.before, said,
            self.calibration_note,
        )  # fmt: skip


def build_scenario(
    profile: ModelProfile, machine_hardware: Hardware | None, options: Options
) -> Scenario:
    """The scenario of `profile` under `options`; UsageError names what is unknown."""
    return named_scenario(
        profile, machine_hardware, options.hardware, options.workload, options.organization,
        options.settings,
    )  # fmt: skip


def check_options(options: Options) -> None:
    """Raise for every name that no catalogue has, before a model is loaded for nothing."""
    check_names(options.hardware, options.workload, options.organization, options.settings)


def open_session(
    request: ModelRequest,
    options: Options,
    on_progress: Callable[[str, float], None],
    history: History | None = None,
) -> Session:
    """Profile the model in a process of its own and set up a session around it."""
    check_options(options)
    return session_for(run_profile(request, on_progress), request, options, history)


def session_for(
    profile: ModelProfile, request: ModelRequest, options: Options, history: History | None = None
) -> Session:
    """A session around a profile that is already there."""
    here = machine()
    found = hardware_here(here)
    scenario = build_scenario(profile, found.hardware, options)
    about_here = found.hardware is not None and scenario.hardware.id == found.hardware.id
    note = found.reason if about_here and scenario.hardware.calibration is None else None
    watched = None
    if history is not None and about_here and here.devices:
        try:
            watched = history.watched()
        except AdvisorError as error:
            note = f"what was watched of this machine is not known: {error}"
    return Session(
        scenario, request, here, found.hardware, history, options.settings, note, options.hardware,
        options.goal or COST, watched,
    )  # fmt: skip


def machine_hardware() -> Hardware | None:
    """This machine's own calibration, else the profile of its part; None where none matches."""
    return hardware_here(machine()).hardware
