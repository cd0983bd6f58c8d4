"""Measurements kept between runs, in SQLite, and what they say of the projection's error.

The file lies in the user's state folder. One that cannot be opened or written is a message, not
an end: what was measured is still shown.
"""

from __future__ import annotations

import contextlib
import sqlite3
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
import platformdirs

from advisor.errors import AdvisorError
from advisor.measurement.distributed.result import DistributedMeasurement, DistributedRequest
from advisor.measurement.identity import Identity
from advisor.measurement.result import Measurement, MeasurementRequest
from advisor.measurement.sensitivity import Sensitivity, SensitivityRequest
from advisor.measurement.training_result import TrainingMeasurement, TrainingRequest
from advisor.telemetry.reading import Telemetry
from advisor.telemetry.summary import WatchSummary, summarise

_SCHEMA = """
CREATE TABLE IF NOT EXISTS {table} (
    id INTEGER PRIMARY KEY,
    taken_at TEXT NOT NULL,
    reference TEXT NOT NULL,
    choices TEXT NOT NULL,
    device_name TEXT NOT NULL,
    torch TEXT NOT NULL,
    projected_s REAL,
    measured_s REAL NOT NULL,
    document BLOB NOT NULL,
    fingerprint TEXT,
    circumstances TEXT
)
"""
_Table = Literal["measurements", "training_measurements", "sensitivities"]
_TABLES = ("measurements", "training_measurements")
_Kind = TypeVar("_Kind")
_ADDED = ("fingerprint", "circumstances")
"""Columns that files of earlier versions lack."""

_INSERT = """
INSERT INTO {table} (
    taken_at, reference, choices, device_name, torch, projected_s, measured_s, document,
    fingerprint, circumstances
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_TELEMETRY = """
CREATE TABLE IF NOT EXISTS telemetry (
    id INTEGER PRIMARY KEY,
    taken_at TEXT NOT NULL,
    document BLOB NOT NULL
)
"""

_SENSITIVITIES = """
CREATE TABLE IF NOT EXISTS sensitivities (
    id INTEGER PRIMARY KEY,
    document BLOB NOT NULL,
    fingerprint TEXT NOT NULL,
    circumstances TEXT NOT NULL
)
"""

NEWEST_READINGS = 17_280
"""A day's at the usual interval of a watch: what was seen before tells of another demand."""


def default_path() -> Path:
    return platformdirs.user_state_path("advisor") / "history.sqlite3"


@dataclass(frozen=True)
class Record:
    """One measured variant beside its projection; `relative_error` is None without a projection."""

    taken_at: str
    reference: str
    choices: str
    device_name: str
    projected_s: float | None
    measured_s: float

    @property
    def relative_error(self) -> float | None:
        if self.projected_s is None:
            return None
        return (self.projected_s - self.measured_s) / self.measured_s


class History:
    """The file of measurements. Every method raises AdvisorError, naming the file, on failure."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = default_path() if path is None else path

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=5.0)
            try:
                with connection:
                    for table in _TABLES:
                        connection.execute(_SCHEMA.format(table=table))
                    connection.execute(_TELEMETRY)
                    connection.execute(_SENSITIVITIES)
                    _bring_up_to_date(connection)
                    yield connection
            finally:
                connection.close()
        except (OSError, sqlite3.Error) as error:
            raise AdvisorError(f"history {self.path}: {error}") from error

    def add(
        self,
        measurement: Measurement,
        projected_s: float | None,
        known_by: Identity | None = None,
    ) -> None:
        """`known_by` is what it is found by again; without it, it only counts for the error."""
        self._add(
            "measurements", measurement, projected_s, measurement.variant.latency_s.median, known_by
        )

    def add_training(
        self,
        measurement: TrainingMeasurement | DistributedMeasurement,
        projected_s: float | None,
        known_by: Identity | None = None,
    ) -> None:
        """Kept apart: steps are no forward passes, and the error of one is not the other's."""
        step_s = measurement.variant.step_s.median
        self._add("training_measurements", measurement, projected_s, step_s, known_by)

    def _add(
        self,
        table: _Table,
        measurement: Measurement | TrainingMeasurement | DistributedMeasurement,
        projected_s: float | None,
        measured_s: float,
        known_by: Identity | None = None,
    ) -> None:
        with self._open() as connection:
            connection.execute(
                _INSERT.format(table=table),
                (
                    measurement.taken_at,
                    measurement.request.model.reference,
                    ",".join(measurement.request.choices),
                    measurement.environment.device_name,
                    measurement.environment.torch,
                    projected_s,
                    measured_s,
                    msgspec.json.encode(measurement),
                    None if known_by is None else known_by.fingerprint,
                    None if known_by is None else known_by.circumstances,
                ),
            )

    def add_sensitivity(self, found: Sensitivity, known_by: Identity) -> None:
        with self._open() as connection:
            connection.execute(
                "INSERT INTO sensitivities (document, fingerprint, circumstances) VALUES (?, ?, ?)",
                (msgspec.json.encode(found), known_by.fingerprint, known_by.circumstances),
            )

    def add_telemetry(self, taken_at: str, reading: Telemetry) -> None:
        """`taken_at` is the time of day in ISO 8601, which the reading itself does not hold."""
        with self._open() as connection:
            connection.execute(
                "INSERT INTO telemetry (taken_at, document) VALUES (?, ?)",
                (taken_at, msgspec.json.encode(reading)),
            )

    def telemetry(self, newest: int = -1) -> list[tuple[str, Telemetry]]:
        """Readings kept with the time of day they were taken at, the oldest first.

        Of all that there are, or of the `newest` so many.
        """
        with self._open() as connection:
            rows = connection.execute(
                "SELECT taken_at, document FROM telemetry ORDER BY id DESC LIMIT ?", (newest,)
            ).fetchall()
        return [(at, msgspec.json.decode(document, type=Telemetry)) for at, document in rows[::-1]]

    def watched(self) -> WatchSummary | None:
        """What the newest readings say of this machine; None where nobody watched it."""
        readings = self.telemetry(NEWEST_READINGS)
        return summarise([reading for _, reading in readings]) if readings else None

    def taken_before(self, known_by: Identity) -> list[Measurement]:
        """Of that model under those circumstances, the newest first; what cannot be read is not."""
        return self._read("measurements", known_by, Measurement)

    def trained_before(self, known_by: Identity) -> list[TrainingMeasurement]:
        """Training steps in one process, as `taken_before` tells of forward passes."""
        return self._read("training_measurements", known_by, TrainingMeasurement)

    def _read(self, table: _Table, known_by: Identity, kind: type[_Kind]) -> list[_Kind]:
        """Those of that `kind`, the newest first."""
        with self._open() as connection:
            rows = connection.execute(
                f"SELECT document FROM {table} WHERE fingerprint = ? AND circumstances = ?"  # noqa: S608 - one of the names of this module
                " ORDER BY id DESC",
                (known_by.fingerprint, known_by.circumstances),
            ).fetchall()
        every = (_decoded(document, kind) for (document,) in rows)
        return [found for found in every if found is not None]

    def find_training(
        self, known_by: Identity, request: TrainingRequest | DistributedRequest
    ) -> TrainingMeasurement | DistributedMeasurement | None:
        """The newest with the same strategies, in as many steps at least, laid out alike."""
        kind: type[TrainingMeasurement] | type[DistributedMeasurement] = TrainingMeasurement
        if isinstance(request, DistributedRequest):
            kind = DistributedMeasurement
        every = self._read("training_measurements", known_by, kind)
        return next((each for each in every if _answers(each.request, request)), None)

    def find(self, known_by: Identity, request: MeasurementRequest) -> Measurement | None:
        """The newest of `taken_before` with the same strategies and as many repeats at least."""
        for found in self.taken_before(known_by):
            same = sorted(found.request.choices) == sorted(request.choices)
            if same and found.request.repeats >= request.repeats:
                return found
        return None

    def find_sensitivity(
        self, known_by: Identity, request: SensitivityRequest
    ) -> Sensitivity | None:
        """The newest of the same strategy that reached all layers, or had as long to."""
        for found in self._read("sensitivities", known_by, Sensitivity):
            enough = not found.left or found.request.limit_s >= request.limit_s
            if found.request.choice == request.choice and enough:
                return found
        return None

    def records(self, reference: str | None = None) -> list[Record]:
        """The newest first; of one model where `reference` is given."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT taken_at, reference, choices, device_name, projected_s, measured_s"
                " FROM measurements WHERE ?1 IS NULL OR reference = ?1 ORDER BY id DESC",
                (reference,),
            ).fetchall()
        return [Record(*row) for row in rows]

    def median_error(self) -> tuple[float, int] | None:
        """The median of the absolute relative error and how many stand behind it; None if none."""
        errors = [abs(error) for r in self.records() if (error := r.relative_error) is not None]
        return (statistics.median(errors), len(errors)) if errors else None


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    for table in _TABLES:
        there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        for column in _ADDED:
            if column not in there:
                connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")


def _answers(
    taken: TrainingRequest | DistributedRequest, asked: TrainingRequest | DistributedRequest
) -> bool:
    """Whether a run tells what is asked: the same, in as many steps at least."""
    alike = replace(taken, choices=asked.choices, steps=asked.steps) == asked
    return alike and sorted(taken.choices) == sorted(asked.choices) and taken.steps >= asked.steps


def _decoded(document: bytes, kind: type[_Kind]) -> _Kind | None:
    """None where another version wrote it otherwise: it is measured again instead."""
    try:
        return msgspec.json.decode(document, type=kind)
    except msgspec.DecodeError:
        return None
