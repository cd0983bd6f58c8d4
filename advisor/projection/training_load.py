"""What one optimizer step trains on, as each rank takes it."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.projection.operators import Floats


@dataclass(frozen=True)
class TrainingLoad:
    """Arrays of shape (setups,): what one step trains on."""

    micro_batch: Floats
    repeats: Floats
    """Micro-batches of a rank in one step."""
    tokens: float | None
    tensor: Floats
    global_batch: Floats
    experts: Floats
    """Ranks over which the experts of a mixture are spread."""
