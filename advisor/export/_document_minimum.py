"""The part of the JSON export that is about the minimum, the goal and the front."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """Every figure is None where it is not known."""

    low: float | None
    expected: float | None
    high: float | None


@dataclass(frozen=True)
class LeftOut:
    strategy: str
    reason: str


@dataclass(frozen=True)
class HardwareMinimum:
    hardware: str
    usd_per_month: float | None
    strategies: tuple[str, ...]
    setups: int
    evaluated: int


@dataclass(frozen=True)
class Relaxation:
    """Limits, more than one where they contradict each other, and the least the first must be."""

    limits: tuple[str, ...]
    unit: str
    limit: float | None
    needed: float | None
    strategies: tuple[str, ...]
    usd_per_month: float | None


@dataclass(frozen=True)
class Certificate:
    setups: int
    evaluated: int
    pruned: int
    minimum_usd_per_month: float | None
    minimum_strategies: tuple[str, ...]
    minimum_is_feasible: bool
    plan_usd_per_month: float | None
    plan_is_feasible: bool
    distance_usd_per_month: float | None
    distance_fraction: float | None
    left_out: tuple[LeftOut, ...]
    """What the minimum has and the plan has not."""
    elsewhere: tuple[HardwareMinimum, ...]
    """The minimum on every priced hardware, the cheapest first, where it was asked for."""
    guards_usd_per_month: float | None = 0.0
    """What the minimum would be cheaper by if no rule forbade anything."""
    forbidden: tuple[str, ...] = ()
    """What the minimum without any rule has and a rule forbids."""
    minimum_figure: float | None = None
    """Of the goal's objective, where that is another than the cost: s, bytes or kWh a month."""
    plan_figure: float | None = None
    relaxations: tuple[Relaxation, ...] = ()
    """Where no setup keeps every limit: what would have to give way, the smallest step first."""


@dataclass(frozen=True)
class Goal:
    """What the plan was to make least, and the one-off work it might take."""

    objective: str
    max_days: float | None
    max_up_front_usd: float | None


@dataclass(frozen=True)
class FrontPoint:
    """A setup that no other beats in both cost and quality."""

    strategies: tuple[str, ...]
    usd_per_month: float | None
    quality_drop: Range
    effort_days: Range
    keeps_floor: bool
