"""What a strategy costs in quality where it is done to one layer alone. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.measurement.result import ModelRequest


@dataclass(frozen=True)
class SensitivityRequest:
    """`choice` is one strategy as written after `--with`, `limit_s` what all layers may take."""

    model: ModelRequest
    choice: str
    device: str = "cpu"
    limit_s: float = 60.0


@dataclass(frozen=True)
class LayerSensitivity:
    """One layer; `quality_drop` is the share of the metric lost, negative where it gained."""

    path: str
    quality_drop: float


@dataclass(frozen=True)
class Sensitivity:
    """`layers` are those that the strategy changed alone, the most sensitive first."""

    request: SensitivityRequest
    metric: str
    layers: tuple[LayerSensitivity, ...]
    left: int
    """Layers that the time was not enough for."""

    @property
    def together(self) -> float:
        """What all would lose if losses added up; gains of single layers are chance."""
        return sum(max(each.quality_drop, 0.0) for each in self.layers)
