"""What a measurement of training in several processes asks for and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from advisor.measurement.result import Environment, ModelRequest
from advisor.measurement.training_result import TrainingRun


@dataclass(frozen=True)
class Nodes:
    """The machines of a run; the same command is given on each, with another `rank`."""

    count: int = 1
    rank: int = 0
    rendezvous: str | None = None
    """HOST:PORT where they find each other, on one of them; None on a single machine."""


@dataclass(frozen=True)
class DistributedRequest:
    """One training run divided over processes, beside the same run in one process."""

    model: ModelRequest
    choices: tuple[str, ...]
    steps: int = 20
    device: str = "cpu"
    learning_rate: float = 3e-4
    nodes: Nodes = field(default_factory=Nodes)
    patience_s: float = 60.0
    """How long a process waits for the others before it is taken that one of them hangs."""


@dataclass(frozen=True)
class Collective:
    """One kind of exchange, in one step of one rank."""

    calls: int
    payload_bytes: int
    """Of all calls: the tensors that are reduced or broadcast, or those that are gathered."""
    sent_bytes: float
    """What a ring makes each rank send of them."""


@dataclass(frozen=True)
class Traffic:
    """What one rank passes on in one step."""

    collectives: Mapping[str, Collective]
    wire_bytes: float | None
    """What the kernel counted on the rank's TCP connections; None where nothing goes by them."""

    @property
    def sent_bytes(self) -> float:
        return sum(each.sent_bytes for each in self.collectives.values())


@dataclass(frozen=True)
class RankRun:
    """What one of the processes did; its samples are its part of the batch."""

    rank: int
    host: str
    device_name: str
    run: TrainingRun
    traffic: Traffic


@dataclass(frozen=True)
class DistributedMeasurement:
    """The ranks, and one process that takes the same batches whole, step by step in turn.

    All start from the same weights. The one process has the resources of a single rank: one
    accelerator, or its share of the cores.
    """

    request: DistributedRequest
    backend: str
    threads: int
    """Of each process on a processor."""
    ranks: tuple[RankRun, ...]
    one: TrainingRun | None
    """None where the whole step does not fit in the memory of one."""
    losses: tuple[float, ...]
    """Of each step, the mean over all samples of its batch."""
    losses_of_one: tuple[float, ...] | None
    environment: Environment
    taken_at: str
    """UTC, ISO 8601."""
    elapsed_s: float
    notes: tuple[str, ...] = ()

    @property
    def slowest(self) -> RankRun:
        return max(self.ranks, key=lambda each: each.run.step_s.median)

    @property
    def variant(self) -> TrainingRun:
        """The run of the slowest rank, which the others wait for."""
        return self.slowest.run

    @property
    def samples_per_step(self) -> int:
        """All ranks together."""
        return sum(each.run.samples_per_step for each in self.ranks)

    @property
    def speed_up(self) -> float | None:
        """How many times as fast as one process the same batches are taken."""
        return None if self.one is None else self.one.step_s.median / self.variant.step_s.median

    @property
    def scaling_efficiency(self) -> float | None:
        """The speed-up as a share of the number of ranks: 1 is linear."""
        return None if self.speed_up is None else self.speed_up / len(self.ranks)

    @property
    def loss_difference(self) -> float | None:
        """The largest over the steps, as a share of one process's loss."""
        if self.losses_of_one is None:
            return None
        pairs = zip(self.losses, self.losses_of_one, strict=True)
        return max(abs(here - there) / max(abs(there), 1e-12) for here, there in pairs)
