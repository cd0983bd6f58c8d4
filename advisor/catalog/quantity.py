"""A number from a catalogue with its range, and where it came from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated, Literal

Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True)
class Source:
    """Where a block of figures was read, when, and how far it is to be trusted."""

    text: str
    as_of: str
    confidence: Confidence
    notes: str = ""

    def __str__(self) -> str:
        return f"{self.text}, {self.as_of}, confidence {self.confidence}"


@dataclass(frozen=True)
class Quantity:
    """A figure that is known to lie between `low` and `high`.

    In a TOML file a plain number is a figure without a stated range; a table
    `{low = 1, expected = 2, high = 3}` gives one, and may say its own `source`. Two figures are
    equal where their numbers are, whoever stated them.
    """

    expected: float
    low: float
    high: float
    source: Source | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) for value in (self.low, self.expected, self.high)):
            raise ValueError("low, expected and high must be finite numbers")
        if not self.low <= self.expected <= self.high:
            raise ValueError(
                f"low {self.low} ≤ expected {self.expected} ≤ high {self.high} does not hold"
            )

    @classmethod
    def exact(cls, value: float) -> Quantity:
        return cls(value, value, value)


@dataclass(frozen=True)
class Within:
    """Marks a field, as `Annotated[Quantity, Within(...)]`: all three figures lie in here.

    A field without the mark takes what is not negative, as prices and counts are.
    """

    least: float = 0.0
    most: float = math.inf

    def __str__(self) -> str:
        if math.isinf(self.most):
            return f"figures ≥ {self.least:g}"
        return f"figures from {self.least:g} to {self.most:g}"


Share = Annotated[Quantity, Within(0, 1)]
