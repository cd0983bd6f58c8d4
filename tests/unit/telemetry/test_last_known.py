from __future__ import annotations

from dataclasses import replace

from advisor.telemetry.last_known import with_last_known
from advisor.telemetry.reading import DeviceReading, HostReading, Telemetry

HOST = HostReading(1, 2, None, None, 2, 1, None)
FIRST = DeviceReading(0, uuid="GPU-a", name="A", memory_used_bytes=5, read_at_s=10.0)
SECOND = DeviceReading(1, uuid="GPU-b", name="B", memory_used_bytes=6, read_at_s=10.0)
BEFORE = Telemetry(10.0, (FIRST, SECOND), HOST, "1.0")


def test_nothing_before_leaves_the_reading_as_it_is() -> None:
    now = Telemetry(12.0, (DeviceReading(0, problem="lost"),), HOST)
    assert with_last_known(now, None) is now


def test_healthy_devices_keep_the_figures_of_now() -> None:
    fresh = replace(FIRST, memory_used_bytes=None, read_at_s=12.0)
    assert with_last_known(Telemetry(12.0, (fresh,), HOST), BEFORE).devices == (fresh,)


def test_device_with_a_problem_shows_its_last_figures_and_their_age() -> None:
    lost = DeviceReading(1, uuid="GPU-b", problem="lost")
    shown = with_last_known(Telemetry(13.0, (FIRST, lost), HOST), BEFORE).devices[1]
    assert shown == replace(SECOND, problem="lost")
    assert shown.age_s(13.0) == 3.0


def test_devices_are_followed_by_uuid_when_positions_shift() -> None:
    moved = DeviceReading(0, uuid="GPU-b", problem="lost")
    [shown] = with_last_known(Telemetry(12.0, (moved,), HOST), BEFORE).devices
    assert (shown.index, shown.name, shown.memory_used_bytes) == (0, "B", 6)


def test_device_that_cannot_tell_its_uuid_is_followed_by_position() -> None:
    nameless = DeviceReading(1, problem="lost")
    [shown] = with_last_known(Telemetry(12.0, (nameless,), HOST), BEFORE).devices
    assert shown == replace(SECOND, problem="lost")


def test_silent_driver_gives_its_problem_to_every_device() -> None:
    now = Telemetry(14.0, (), HOST, problem="the driver hangs")
    shown = with_last_known(now, BEFORE)
    assert shown.problem == "the driver hangs"
    assert shown.driver_version == "1.0"
    assert shown.devices == (
        replace(FIRST, problem="the driver hangs"),
        replace(SECOND, problem="the driver hangs"),
    )


def test_the_age_keeps_growing_over_several_readings() -> None:
    shown = BEFORE
    for taken_at_s in (12.0, 14.0, 16.0):
        shown = with_last_known(Telemetry(taken_at_s, (), HOST, problem="silent"), shown)
    assert [device.age_s(shown.taken_at_s) for device in shown.devices] == [6.0, 6.0]


def test_age_of_what_was_never_read_is_unknown() -> None:
    assert DeviceReading(0, problem="lost").age_s(5.0) is None
