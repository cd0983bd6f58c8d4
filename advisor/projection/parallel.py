"""Several accelerators: how a model is laid out over them, and seconds on the links between.

A collective takes a latency that grows with the number of its ranks, and its traffic over the
narrowest link of the ring (Thakur, Rabenseifner and Gropp, "Optimization of Collective
Communication Operations in MPICH", 2005, the α-β model). Tensor-parallel ranks are neighbours,
stages of a pipeline next, data-parallel ranks furthest, so the last cross the network first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from advisor.catalog.hardware import Hardware, Link
from advisor.catalog.quantity import Quantity, Source
from advisor.projection.operators import Flags, Floats
from advisor.projection.scenario import Cases, costly, helpful
from advisor.projection.setup import Setup

# Share of a link's nominal bandwidth that a ring reaches: 195 of 300 GB/s between two A100 with a
# bridge, 24 of 31 over PCIe (microsoft/vidur data/profiling/network@7d47513, all_reduce.csv), and
# about 230 of 300 over eight A100 with switches (NVIDIA nccl-tests, doc/PERFORMANCE.md).
LINK_SHARE = Quantity(low=0.6, expected=0.75, high=0.9)
# Seconds of an all-reduce of next to nothing between two neighbours, more for each doubling of
# the ranks, and more where it crosses the network: 7 us and 43 us for 2 KB in the same table.
COLLECTIVE_US = Quantity(low=5.0, expected=9.0, high=16.0)
DOUBLING_US = Quantity(low=2.0, expected=5.0, high=10.0)
NETWORK_US = Quantity(low=15.0, expected=35.0, high=60.0)
BITS_PER_BYTE = 8.0


@dataclass(frozen=True)
class Layout:
    """Arrays of shape (setups,): accelerators in each direction, and what training does there."""

    tensor: Floats
    """NaN where the fewest that hold the model are to be found."""
    pipeline: Floats
    data: Floats
    stage: Floats
    micro_batch: Floats
    """NaN where it is the rank's whole part of the batch."""
    checkpointing: Flags
    virtual_stages: Floats
    dualpipe: Flags
    expert: Floats
    """Data-parallel ranks over which the experts of a mixture are spread."""
    accumulation: Floats
    """Micro-batches that a rank's part of the batch is divided into, at least."""

    def repeated(self, times: int) -> Layout:
        """Each setup `times` times over, next to each other."""
        return Layout(
            **{each.name: np.repeat(getattr(self, each.name), times) for each in fields(self)}
        )


def layout(setups: Sequence[Setup]) -> Layout:
    """The layouts of `setups` as arrays."""

    def column(values: list[int | None]) -> Floats:
        return np.array([np.nan if value is None else float(value) for value in values])

    return Layout(
        tensor=column([setup.tensor_parallel for setup in setups]),
        pipeline=column([setup.pipeline_parallel for setup in setups]),
        data=column([setup.data_parallel for setup in setups]),
        stage=column([setup.sharding_stage for setup in setups]),
        micro_batch=column([setup.micro_batch for setup in setups]),
        checkpointing=np.array([setup.checkpointing for setup in setups]),
        virtual_stages=column([setup.virtual_stages for setup in setups]),
        dualpipe=np.array([setup.pipeline_schedule == "dualpipe" for setup in setups]),
        expert=column([min(setup.expert_parallel, setup.data_parallel) for setup in setups]),
        accumulation=column([setup.accumulation_steps for setup in setups]),
    )


UNSTATED_LINK = Link(
    Source("an assumption: an Ethernet of 10 Gbit/s", "2026-11-23", "low"),
    accelerators_per_node=1,
    inter_node_gbit_per_s=10.0,
)
"""Stands between parts whose profile states no link, where a replica needs several all the same:
its time is not known, and it must not look as if it cost nothing."""


def is_linked(hardware: Hardware) -> bool:
    """Whether a link between two of them is known."""
    link = hardware.link
    return link is not None and max(link.nvlink_gb_per_s, link.pcie_gb_per_s) > 0


def link_bytes_per_s(link: Link | None, members: Floats, spacing: Floats) -> Floats:
    """Nominal bandwidth of the ring through `members` accelerators that stand `spacing` apart.

    Within a machine that of its links; across the network the adapters of the machine, of which
    a ring has the share of its members there. 0 where nothing is known.
    """
    if link is None:
        return np.where(members > 1, 0.0, np.inf)
    within = max(link.nvlink_gb_per_s, link.pcie_gb_per_s) * 1e9
    network = link.inter_node_gbit_per_s / BITS_PER_BYTE * 1e9
    here = np.clip(link.accelerators_per_node / spacing, 1.0, members)
    across = network * here / link.accelerators_per_node
    crosses = members * spacing > link.accelerators_per_node
    found = np.where(crosses, np.minimum(across, within) if within else across, within)
    return np.where(members > 1, found, np.inf)


def collective_seconds(
    hardware: Hardware, members: Floats, spacing: Floats, moved_bytes: Floats, case: Cases
) -> Floats:
    """Seconds to pass `moved_bytes` through every member of a ring; inf without a link."""
    nominal = link_bytes_per_s(hardware.link, members, spacing)
    per_node = hardware.link.accelerators_per_node if hardware.link else 1
    crosses = members * spacing > per_node
    doublings = np.log2(np.maximum(members, 2.0)) - 1
    latency = costly(COLLECTIVE_US, case) + doublings * costly(DOUBLING_US, case)
    latency = (latency + np.where(crosses, costly(NETWORK_US, case), 0.0)) * 1e-6
    with np.errstate(divide="ignore", invalid="ignore"):  # nothing over no link
        seconds = latency + moved_bytes / (nominal * helpful(LINK_SHARE, case))
    return np.where(members > 1, seconds, 0.0)


def all_reduce_seconds(
    hardware: Hardware, members: Floats, spacing: Floats, payload_bytes: Floats, case: Cases
) -> Floats:
    """Seconds of what a ring passes on for an all-reduce."""
    moved = all_reduce_bytes(members, payload_bytes)
    return collective_seconds(hardware, members, spacing, moved, case)


def all_reduce_bytes(members: float | Floats, payload_bytes: float | Floats) -> Floats:
    """A ring passes twice all but one part of the payload (Patarasuk and Yuan 2009)."""
    return 2 * gather_bytes(members, payload_bytes)


def gather_bytes(members: float | Floats, payload_bytes: float | Floats) -> Floats:
    """What each member sends in an all-gather or a reduce-scatter: half of an all-reduce."""
    return np.asarray((members - 1) / members * payload_bytes)


def gather_seconds(
    hardware: Hardware, members: Floats, spacing: Floats, payload_bytes: Floats, case: Cases
) -> Floats:
    """Seconds of what a ring passes on for an all-gather or a reduce-scatter."""
    moved = gather_bytes(members, payload_bytes)
    return collective_seconds(hardware, members, spacing, moved, case)


def all_to_all_seconds(
    hardware: Hardware, members: Floats, spacing: Floats, one_copy_bytes: Floats, copies: float,
    case: Cases,
) -> Floats:  # fmt: skip
    """Each member sends `copies` of its payload to members taken evenly, itself among them.

    Within a machine every copy is sent; over the network one to each other machine that is to
    have any: of N machines, N(1 − (1 − 1/N)^copies) are hit.
    """
    per_node = hardware.link.accelerators_per_node if hardware.link else 1
    here = np.clip(per_node / spacing, 1.0, members)
    machines = members / here
    hit = machines * (1 - (1 - 1 / machines) ** copies)
    crossing = hit * (machines - 1) / machines * one_copy_bytes
    local = copies * (members - 1) / members * one_copy_bytes
    inside = collective_seconds(hardware, here, spacing, local, case)
    # Every accelerator of a machine sends at once, each through its share of the adapters.
    outside = collective_seconds(hardware, machines, spacing * here, crossing, case)
    return np.where(machines > 1, np.maximum(inside, outside), inside)


def send_seconds(
    hardware: Hardware, stages: Floats, spacing: Floats, payload_bytes: Floats, case: Cases
) -> Floats:
    """From one stage of a pipeline to the next."""
    return collective_seconds(
        hardware, np.where(stages > 1, 2.0, 1.0), spacing, payload_bytes, case
    )
