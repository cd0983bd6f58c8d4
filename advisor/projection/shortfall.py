"""Which limit a setup breaks and by how much, and whether any other hardware keeps them all."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from advisor import units
from advisor.catalog.hardware import Hardware
from advisor.projection.engine import evaluate_cases
from advisor.projection.project import project
from advisor.projection.result import Constraint
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup


@dataclass(frozen=True)
class Fit:
    """One kind of hardware and the limits that the setup breaks on it."""

    hardware: str
    broken: tuple[Constraint, ...]

    @property
    def worst(self) -> float:
        """The largest multiple of a limit; 1 where all are kept."""
        return max((excess(limit) for limit in self.broken), default=1.0)


def excess(limit: Constraint) -> float:
    """How many times its limit the value is; infinite where the limit is nothing."""
    if limit.value is None:
        return 1.0
    return limit.value / limit.limit if limit.limit > 0 else math.inf


def shortfall(limit: Constraint) -> str:
    """A broken limit in words: what binds, by how much, and what was allowed."""
    show = {
        "s": units.seconds,
        "bytes": units.memory,
        "fraction": units.percent,
        "accelerators": units.number,
    }[limit.unit]
    times = excess(limit)
    much = f", {units.number(times)} times as much" if 1.005 <= times < math.inf else ""
    return f"{limit.name}: {show(limit.value)} where at most {show(limit.limit)} is allowed{much}"


def fits(scenario: Scenario, setup: Setup, parts: Iterable[Hardware]) -> list[Fit]:
    """The setup on each of `parts`, the nearest to keeping every limit first.

    Parts on which the time is not known, for want of a link between several, are left out.
    """
    there = [replace(scenario, hardware=part) for part in parts]
    found = [
        Fit(each.hardware.id, project(each, [setup])[0].broken_constraints)
        for each in there
        if _time_is_known(each, setup)
    ]
    return sorted(found, key=lambda fit: (fit.worst, len(fit.broken), fit.hardware))


def _time_is_known(scenario: Scenario, setup: Setup) -> bool:
    times = [each.served.latency_s for each in evaluate_cases(scenario, [setup])]
    return bool(np.isfinite(times).all())


def verdict(ranked: list[Fit]) -> str:
    """In words: where all limits are kept, or what binds on the nearest part."""
    if not ranked:
        return "on no hardware of the catalogue is the time known"
    kept = [fit.hardware for fit in ranked if not fit.broken]
    if kept:
        return f"every limit is kept on {', '.join(kept)}"
    nearest = ranked[0]
    reasons = "; ".join(map(shortfall, nearest.broken))
    return (
        f"no hardware of the catalogue keeps every limit; nearest is {nearest.hardware}: {reasons}"
    )
