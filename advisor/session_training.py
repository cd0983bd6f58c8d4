"""Training what a session holds: asked for, run, compared with its projection, and kept.

Apart from `Session`, whose bill and rules do not change by it.
"""

from __future__ import annotations

from advisor.errors import UsageError
from advisor.measurement.comparison import applied
from advisor.measurement.distributed.comparison import ComparedRanks, compare_ranks
from advisor.measurement.distributed.result import (
    DistributedMeasurement,
    DistributedRequest,
    Nodes,
)
from advisor.measurement.process import run_distributed, run_training
from advisor.measurement.progress import Report
from advisor.measurement.training_comparison import ComparedTraining, compare_training
from advisor.measurement.training_result import TrainingMeasurement, TrainingRequest
from advisor.session import Session
from advisor.strategies.selection import Selection, lacking_here, ranks_of

DEFAULT_STEPS = 20
DEFAULT_PATIENCE_S = 60.0
ComparedRun = ComparedTraining | ComparedRanks


def training_request(
    session: Session,
    chosen: Selection,
    device: str | None = None,
    steps: int = DEFAULT_STEPS,
    nodes: Nodes | None = None,
    patience_s: float = DEFAULT_PATIENCE_S,
) -> TrainingRequest | DistributedRequest:
    """What to train; in several processes where something of `chosen` is divided over them.

    Raises UsageError that names what changes no training step, and what this machine lacks.
    """
    for choice in chosen:
        if "training" not in choice.strategy.phases:
            raise UsageError(f"--training: {choice.slug} changes no training step")
    lacks = ((each.slug, lacking_here(session.machine, each.strategy)) for each in applied(chosen))
    reasons = [f"{slug}: {reason}" for slug, reason in lacks if reason is not None]
    if reasons:
        raise UsageError("cannot be measured on this machine: " + "; ".join(reasons))
    where = session.measurement_request(device).device
    choices = tuple(str(choice) for choice in applied(chosen))
    if ranks_of(chosen) is None:
        if nodes is not None:
            raise UsageError(f"--nodes {nodes.count}: nothing that is on is divided over processes")
        return TrainingRequest(session.request, choices, steps, where)
    return DistributedRequest(
        session.request, choices, steps, where, nodes=nodes or Nodes(), patience_s=patience_s
    )


def train(
    session: Session,
    request: TrainingRequest | DistributedRequest,
    on_progress: Report,
    limit_s: float | None = None,
) -> ComparedRun:
    """Run it in a worker, beside the projection of the same steps on this machine."""
    if isinstance(request, DistributedRequest):
        return _compared(session, run_distributed(request, on_progress, limit_s))
    return _compared(session, run_training(request, on_progress, limit_s))


def trained_before(
    session: Session, request: TrainingRequest | DistributedRequest
) -> ComparedRun | None:
    """What the history holds of this model, trained like that here; AdvisorError where it fails."""
    known_by = session.identity(request)
    if session.history is None or known_by is None:
        return None
    found = session.history.find_training(known_by, request)
    return None if found is None else _compared(session, found)


def keep_training(session: Session, compared: ComparedRun) -> None:
    """In the history, where the session has one; AdvisorError where it cannot be written."""
    projected = compared.variant.projected
    seconds = None if projected is None or projected.step_s is None else projected.step_s.expected
    if session.history is not None:
        known_by = session.identity(compared.measurement.request)
        session.history.add_training(compared.measurement, seconds, known_by)


def taken_in(session: Session, found: TrainingMeasurement) -> ComparedTraining:
    """Beside its projection; the session knows the measurement from now on."""
    session.measurements.add_training(found)
    return compare_training(found, session.scenario, session.measurements.machine_hardware)


def _compared(session: Session, found: TrainingMeasurement | DistributedMeasurement) -> ComparedRun:
    if isinstance(found, DistributedMeasurement):
        return compare_ranks(found, session.scenario, session.measurements.machine_hardware)
    return taken_in(session, found)
