"""What a series of readings says, and that a watch keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.cli.watch import watch
from advisor.history import History
from advisor.telemetry.reading import (
    DeviceReading,
    DriverReading,
    HostReading,
    ProcessReading,
    Telemetry,
)
from advisor.telemetry.sample import series
from advisor.telemetry.summary import summarise

HOST = HostReading(1, 2, 50.0, None, 2, 1, None)


def at(second: float, percent: float | None, energy_mj: int | None = None) -> Telemetry:
    device = DeviceReading(0, "GPU-a", utilisation_percent=percent, energy_mj=energy_mj)
    return Telemetry(second, (device,), HOST)


def test_idle_share_counts_only_readings_that_were_given() -> None:
    summary = summarise([at(0, 0.0, 1000), at(1, None), at(2, 80.0, 4000)])
    (device,) = summary.devices
    assert (summary.samples, summary.watched_s) == (3, 2)
    assert device.idle_share == 0.5
    assert device.utilisation_percent is not None
    assert (device.utilisation_percent.mean, device.utilisation_percent.p95) == (40, 80)
    assert device.energy_j == 3


def test_what_was_never_read_is_unknown() -> None:
    (device,) = summarise([at(0, None), at(1, None)]).devices
    assert device.idle_share is None
    assert device.utilisation_percent is None
    assert device.energy_j is None


def test_a_counter_that_went_back_gives_no_energy() -> None:
    assert summarise([at(0, 1.0, 9), at(1, 1.0, 2), at(2, 1.0, 20)]).devices[0].energy_j is None


def test_an_interrupt_keeps_what_was_seen(tmp_path: Path) -> None:
    def interrupted() -> Iterator[Telemetry]:
        yield at(0, 0.0)
        yield at(1, 100.0)
        raise KeyboardInterrupt

    history = History(tmp_path / "h.sqlite3")
    assert watch(interrupted(), 60, history).samples == 2
    assert [reading for _, reading in history.telemetry()] == [at(0, 0.0), at(1, 100.0)]


def test_an_interrupt_before_the_first_reading_is_one(tmp_path: Path) -> None:
    def interrupted() -> Iterator[Telemetry]:
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        watch(interrupted(), 60, History(tmp_path / "h.sqlite3"))


def test_without_a_device_the_host_is_sampled_and_the_driver_closed() -> None:
    closed = []

    class NoDriver:
        def read(self) -> DriverReading:
            return DriverReading(problem="no driver")

        def close(self) -> None:
            closed.append(True)

    summary = summarise(list(series(0.05, 0.02, NoDriver())))
    assert summary.problem == "no driver"
    assert summary.devices == ()
    assert summary.samples >= 2
    assert summary.host_memory_used_bytes is not None
    assert closed == [True]


def test_processes_are_told_apart_by_their_number() -> None:
    def seen(second: float, *processes: ProcessReading) -> Telemetry:
        return Telemetry(second, (DeviceReading(0, "GPU-a", processes=processes),), HOST)

    readings = [
        seen(0, ProcessReading(7, 100, 50.0), ProcessReading(9)),
        seen(1, ProcessReading(7, 300, None)),
    ]
    (device,) = summarise(readings).devices
    assert device.processes is not None
    first, second = device.processes
    assert (first.pid, first.seen_share) == (7, 1.0)
    assert first.memory_bytes is not None
    assert first.memory_bytes.mean == 200
    assert first.utilisation_percent is not None
    assert first.utilisation_percent.readings == 1
    assert (second.pid, second.seen_share, second.memory_bytes) == (9, 0.5, None)


def test_time_between_two_watches_is_not_watched() -> None:
    """After a restart of the machine the clock begins anew."""
    times = [0, 5, 10, 50_000, 50_005, 3, 8]
    assert summarise([at(second, 1.0) for second in times]).watched_s == 20


def test_the_newest_readings_are_what_a_history_says(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3")
    assert history.watched() is None
    for second in range(3):
        history.add_telemetry(f"2026-01-01T00:00:0{second}Z", at(second, 10.0 * second))
    found = history.watched()
    assert found is not None
    assert found.samples == 3
    assert [moment.taken_at_s for _, moment in history.telemetry(2)] == [1, 2]
