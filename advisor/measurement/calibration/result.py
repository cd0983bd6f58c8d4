"""What a calibration asks for and what comes back."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog.hardware import Hardware


@dataclass(frozen=True)
class CalibrationRequest:
    """`device` as measurements name it: cpu, cuda or cuda:1; None takes the first there is."""

    device: str | None = None
    limit_s: float = 50.0
    """Seconds that may be spent; fewer repeats of each point keep it."""


@dataclass(frozen=True)
class TimedText:
    """One timed module, in words: the median of its runs and how far they spread."""

    family: str
    text: str
    dtype: str
    seconds: float
    spread: float
    """Share of the median between the quartiles of the runs."""
    flops_per_s: float | None
    bytes_per_s: float


@dataclass(frozen=True)
class CalibrationResult:
    """The box's own hardware profile, and every point behind it."""

    hardware: Hardware
    points: tuple[TimedText, ...]
    elapsed_s: float
    notes: tuple[str, ...] = ()
