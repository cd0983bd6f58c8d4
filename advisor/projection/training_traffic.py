"""What the ranks of a training step send each other, and the memory its optimizer streams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.catalog.quantity import Quantity
from advisor.profiling.profile import ModelProfile
from advisor.projection.adapters import adapters
from advisor.projection.columns import SetupColumns
from advisor.projection.experts import experts_share, held_share
from advisor.projection.kept import kept_with
from advisor.projection.operators import ITEM_BYTES, Floats
from advisor.projection.optimizers import OPTIMIZERS
from advisor.projection.parallel import (
    Layout,
    all_reduce_bytes,
    all_reduce_seconds,
    gather_bytes,
    gather_seconds,
    send_seconds,
)
from advisor.projection.scenario import Cases, Scenario, helpful
from advisor.projection.setup import Setup
from advisor.projection.training_load import TrainingLoad

# Of one accelerator's slot: PCIe 3 to 5 with 16 lanes, one way, pinned memory. An assumption.
BUS_GB_PER_S = Quantity(low=10.0, expected=22.0, high=50.0)
# The host memory that one accelerator's optimizer streams: from two channels of DDR4 to a part of
# a server's twelve channels of DDR5. An assumption.
HOST_GB_PER_S = Quantity(low=25.0, expected=60.0, high=200.0)


def streamed_bytes_per_s(hardware: Hardware, case: Cases) -> float | Floats:
    reached = helpful(hardware.efficiency.bandwidth_fraction, case)
    return hardware.memory.bandwidth_gb_per_s * 1e9 * reached


@kept_with
def blocks_share(profile: ModelProfile) -> float:
    """Of the weights, those of blocks that repeat. Counted once for a profile."""
    rows = profile.phases[0].operators
    weights = sum(row.weight_bytes * row.repeats for row in rows)
    inside = sum(row.weight_bytes * row.repeats for row in rows if row.repeats > 1)
    return inside / max(weights, 1)


@dataclass(frozen=True)
class Traffic:
    """What the ranks of a step send each other, and the optimizer beside it."""

    scenario: Scenario
    setups: Sequence[Setup]
    columns: SetupColumns
    where: Layout
    load: TrainingLoad
    case: Cases

    def _held(self) -> Floats:
        """Bytes of parameters, in the width they are trained in, of one model-parallel rank."""
        memory = self.scenario.profile.memory
        parts = self.load.tensor * self.where.pipeline
        return np.asarray(memory.parameters_bytes * self.columns.state_ratio / parts)

    def _reduced(self) -> tuple[Floats, Floats]:
        """Bytes of gradients that all ranks reduce together, and of those that only some do.

        The latter are of experts, which are reduced over the ranks that hold the same ones.
        """
        spread = self.where.expert > 1
        share = experts_share(self.scenario.profile)
        together = np.where(spread, 1 - share, 1.0) * self._trained()
        return together, np.where(spread, share / self.where.expert, 0.0) * self._trained()

    def _reduced_s(self) -> Floats:
        hardware, case, where = self.scenario.hardware, self.case, self.where
        spacing = self.load.tensor * where.pipeline
        spread = where.expert > 1
        together, apart = self._reduced()
        every = all_reduce_seconds(hardware, where.data, spacing, together, case)
        some = all_reduce_seconds(
            hardware, where.data / where.expert, spacing * where.expert, apart, case
        )
        return every + np.where(spread, some, 0.0)

    def _trained(self) -> Floats:
        """Those of them that are trained."""
        return self._held() * adapters(self.scenario.profile, self.setups).trained_share

    def _computed(self) -> Floats:
        """The same in the width they are computed in, which is what is gathered."""
        item = self.columns.key_value_item_bytes
        profile = self.scenario.profile
        count = profile.memory.parameters_bytes / ITEM_BYTES.get(profile.dtype, 4)
        return np.asarray(count * item / (self.load.tensor * self.where.pipeline))

    def _gathered(self) -> Floats:
        """Bytes of parameters that stage 3 gathers: those of blocks for each of both passes.

        The rest stays gathered from the one to the other (torch's `fully_shard`, where
        `reshard_after_forward` is not set: the outermost module keeps what it gathered).
        """
        return np.asarray((1 + blocks_share(self.scenario.profile)) * self._computed())

    def per_micro_batch_s(self) -> Floats:
        """Stage 3: parameters are gathered for the passes, gradients scattered."""
        spacing = self.load.tensor * self.where.pipeline
        hardware, case = self.scenario.hardware, self.case
        gathered = gather_seconds(hardware, self.where.data, spacing, self._gathered(), case)
        scattered = gather_seconds(hardware, self.where.data, spacing, self._trained(), case)
        return np.where(self.where.stage >= 3, gathered + scattered, 0.0)

    def per_step_s(self) -> Floats:
        """Else gradients are reduced once a step; stages 1 and 2 pass on what they updated."""
        return np.where(self.where.stage >= 3, 0.0, self._reduced_s())

    def sent_bytes(self) -> Floats:
        """What the data-parallel exchange makes each rank send in a step."""
        where = self.where
        together, apart = self._reduced()
        reduced = all_reduce_bytes(where.data, together)
        reduced = reduced + all_reduce_bytes(where.data / where.expert, apart)
        passed = gather_bytes(where.data, self._gathered() + self._trained())
        return np.where(where.stage >= 3, self.load.repeats * passed, reduced)

    def send_s(self) -> Floats:
        decoder = self.scenario.profile.decoder
        hidden = decoder.hidden_size if decoder else 0
        payload = self.load.micro_batch * (self.load.tokens or 1.0) * hidden
        payload = payload * self.columns.key_value_item_bytes / self.load.tensor
        return send_seconds(
            self.scenario.hardware, self.where.pipeline, self.load.tensor, payload, self.case
        )

    def optimizer_s(self) -> Floats:
        """The step over what a rank has of the trained parameters, on the accelerator or the host.

        The host's step waits for the gradients and the accelerator for the new parameters: both
        pass the bus (Ren et al., "ZeRO-Offload", USENIX ATC 2021, §4).
        """
        passes = np.array([OPTIMIZERS[setup.optimizer].passes for setup in self.setups])
        offloaded = np.array([setup.optimizer_offloaded for setup in self.setups])
        owned = held_share(self.scenario.profile, self.where)
        share = np.where(self.where.stage >= 1, 1 / self.where.data, owned)
        part, hardware = self._trained() * share, self.scenario.hardware
        here = passes * part / streamed_bytes_per_s(hardware, self.case)
        if hardware.is_cpu or not offloaded.any():
            return np.asarray(here)
        bus = helpful(BUS_GB_PER_S, self.case) * 1e9
        host = helpful(HOST_GB_PER_S, self.case) * 1e9
        return np.where(offloaded, 2 * part / bus + passes * part / host, here)
