"""Keep showing what was last read from a device that gives no figures now, with its reason."""

from __future__ import annotations

from dataclasses import replace

from advisor.telemetry.reading import DeviceReading, Telemetry


def with_last_known(now: Telemetry, before: Telemetry | None) -> Telemetry:
    """Fill in `now`, where devices have a problem, with the figures that `before` holds.

    Such figures keep the time at which they were read and carry the problem of now. A driver
    that gives no devices at all gives its problem to every device of `before`.
    """
    if before is None:
        return now
    if now.problem is not None and not now.devices:
        stale = tuple(replace(device, problem=now.problem) for device in before.devices)
        version = now.driver_version or before.driver_version
        return replace(now, devices=stale, driver_version=version)
    return replace(now, devices=tuple(_filled(device, before.devices) for device in now.devices))


def _filled(device: DeviceReading, before: tuple[DeviceReading, ...]) -> DeviceReading:
    if device.problem is None:
        return device
    for earlier in before:
        if _same(device, earlier):
            return replace(earlier, index=device.index, problem=device.problem)
    return device


def _same(device: DeviceReading, earlier: DeviceReading) -> bool:
    """By UUID; by position only for a device that is too far gone to tell its UUID."""
    if device.uuid is not None:
        return device.uuid == earlier.uuid
    return device.index == earlier.index
