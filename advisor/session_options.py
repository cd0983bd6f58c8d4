"""What a user may name when opening a session; nothing of the engine is imported to name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.advice.goal import Goal


@dataclass(frozen=True)
class Options:
    """None takes the default.

    Defaults: the hardware of this machine, the workload that fits the model, a cloud start-up, the
    least cost. `settings` are `key=value` texts that override single keys of workload,
    organization and hardware. `goal` is what plans are after.
    """

    hardware: str | None = None
    workload: str | None = None
    organization: str | None = None
    settings: tuple[str, ...] = ()
    goal: Goal | None = None
