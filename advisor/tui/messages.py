"""What threads tell the screen. Threads post these; only handlers on the main thread act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.advice.plan import Plan
    from advisor.advice.plan_economics import PlanEconomics
    from advisor.advice.rule import Facts
    from advisor.errors import AdvisorError
    from advisor.measurement.result import Measurement
    from advisor.measurement.training_result import TrainingMeasurement
    from advisor.session import Session
    from advisor.telemetry.reading import Telemetry
    from advisor.tui.shown import Exporting, HistoryNote


class News(Message):
    """The root of what threads post."""


@dataclass
class Progressed(News):
    """A worker process is this far."""

    text: str
    fraction: float


@dataclass
class Opened(News):
    """The model is profiled and a session stands around it."""

    session: Session


@dataclass
class Measured(News):
    measurement: Measurement | TrainingMeasurement


@dataclass
class JobFailed(News):
    """A job ended without a result; a cancelled one with CancelledError."""

    error: AdvisorError


@dataclass
class Refused(JobFailed):
    """A name that no catalogue has was asked for, so the model is not opened."""


@dataclass
class Loaded(Message):
    """All that the screen is about is imported."""


@dataclass
class Faulted(News):
    """Something beside the jobs failed; what is under way goes on."""

    error: AdvisorError


@dataclass
class Planned(News):
    """`economics` is None until it is worked out too: the plan need not wait for it.

    A plan is of its `facts`; where others hold by now, it is of no use.
    """

    facts: Facts
    plan: Plan
    economics: PlanEconomics | None = None


@dataclass
class ExportGoesOn(News):
    """The next step of an export has begun."""

    step: Exporting


@dataclass
class Exported(News):
    """The audit is written."""

    paths: list[Path]


@dataclass
class ExportFailed(News):
    """It is not; an export that was cancelled with CancelledError."""

    error: AdvisorError


@dataclass
class HistoryRead(News):
    note: HistoryNote


@dataclass
class Overheard(Message):
    """A library wrote `text` to where the terminal would be."""

    text: str


@dataclass
class TelemetryRead(Message):
    telemetry: Telemetry
