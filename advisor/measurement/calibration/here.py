"""The hardware profile of this machine: its own calibration where one holds, else the part's."""

from __future__ import annotations

from dataclasses import replace

from advisor.catalog import load
from advisor.measurement.calibration.box import this_box
from advisor.measurement.calibration.store import Found, find
from advisor.telemetry.machine import Machine, matching_hardware


def hardware_here(here: Machine) -> Found:
    """The profile of `here`, with the reason where no calibration holds; None where none matches.

    A calibrated profile keeps what the catalogue says now of what is not measured: power and price.
    """
    found = find(this_box(here))
    matching = matching_hardware(here, load.hardware())
    listed = None if matching is None else load.hardware()[matching]
    if found.hardware is None:
        return Found(listed, found.reason)
    if listed is None:
        return found
    kept = {name: getattr(listed, name) for name in ("id", "power", "mig", "purchase")}
    return Found(replace(found.hardware, **kept))
