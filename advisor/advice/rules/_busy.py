"""How busy the accelerators are that serve: as the box was seen, else as projected."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.advice.rule import Facts
from advisor.advice.rules._alone import rate
from advisor.telemetry.summary import DeviceSummary
from advisor.units import SECONDS_PER_MONTH, percent

MOSTLY_IDLE = 0.3
"""Busy for less than this share: two such loads fit one accelerator, with room for their peaks."""
LEAST_READINGS = 60
"""Five minutes at the usual interval of a watch: fewer say little about a month."""


@dataclass(frozen=True)
class Busy:
    """The share of the time in which they compute, and that as evidence."""

    share: float
    evidence: tuple[tuple[str, str], ...]


def busy(facts: Facts) -> Busy:
    """The watched share is of all that runs on the box, the projected one of this model alone."""
    seen = watched_devices(facts)
    if seen:
        shares = [each.utilisation_percent.mean / 100 for each in seen if each.utilisation_percent]
        share = sum(shares) / len(shares)
        return Busy(share, (("busy, as watched", watched_text(facts, share)),))
    demand = facts.scenario.workload.serving.requests_per_month / SECONDS_PER_MONTH
    share = demand / (rate(facts.before) * facts.before.serving_accelerators.expected)
    return Busy(share, (("busy, as projected", f"{percent(share)} of the month"),))


def watched_devices(facts: Facts) -> list[DeviceSummary]:
    """The accelerators whose utilisation was read often enough to say something."""
    devices = () if facts.watched is None else facts.watched.devices
    return [
        each for each in devices
        if each.utilisation_percent is not None
        and each.utilisation_percent.readings >= LEAST_READINGS
    ]  # fmt: skip


def watched_text(facts: Facts, share: float) -> str:
    assert facts.watched is not None
    hours = facts.watched.watched_s / 3600
    return f"{percent(share)} of {hours:.1f} hours ({facts.watched.samples} readings)"
