"""Measuring, as several commands do it: from the history, else in a worker, and then kept."""

from __future__ import annotations

import math
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import dataclass

from advisor.cli._arguments import positive
from advisor.cli._history import from_history, keep
from advisor.errors import UsageError
from advisor.measurement.comparison import MeasuredVariant
from advisor.measurement.process import run_measurement
from advisor.measurement.progress import Report
from advisor.measurement.result import Measurement
from advisor.session import Session
from advisor.strategies.selection import Selection

DEFAULT_REPEATS = 30


@dataclass(frozen=True)
class Found:
    compared: MeasuredVariant
    from_history: bool


def add_measuring(parser: ArgumentParser) -> None:
    parser.add_argument("--repeats", type=positive, default=DEFAULT_REPEATS, metavar="N")
    parser.add_argument("--device", metavar="NAME", help="cpu, cuda or cuda:1")
    parser.add_argument(
        "--again", action="store_true", help="measure even what the history holds already"
    )
    parser.add_argument(
        "--limit", type=seconds, metavar="SECONDS", help="end a measurement after so long"
    )


def seconds(text: str) -> float:
    """A span from the command line; ArgumentTypeError unless it is above 0 and finite."""
    value = float(text)
    if not 0 < value < math.inf:
        raise ArgumentTypeError(f"{text}: it must be above 0")
    return value


def measured(
    session: Session, chosen: Selection, arguments: Namespace, on_progress: Report
) -> Found:
    """Switch `chosen` on and measure it, unless the history holds it and `--again` is not there.

    Raises UsageError where this machine lacks what it needs, and what the measurement raises.
    """
    session.select(chosen)
    lacking = session.lacking_for_measurement()
    if lacking:
        raise UsageError("cannot be measured on this machine: " + "; ".join(lacking))
    request = session.measurement_request(arguments.device, arguments.repeats)
    earlier = None
    if not arguments.again:
        earlier = from_history(lambda: session.taken_before(request))
    measurement = earlier or run_measurement(request, on_progress, arguments.limit)
    return Found(_record(session, measurement, is_new=earlier is None), earlier is not None)


def _record(session: Session, measurement: Measurement, *, is_new: bool) -> MeasuredVariant:
    """Keep it; a history that cannot be written is said and loses nothing else."""
    if is_new:
        keep(lambda: session.record(measurement))
    chosen = session.measurements.add(measurement)
    compared = session.measurements.compare(session.scenario, chosen)
    assert compared is not None
    return compared
