"""How many accelerators the month needs, the hours they are paid for, the energy they draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.projection.columns import SetupColumns
from advisor.projection.consolidation import neighbours, part_of_fleet
from advisor.projection.day import scaling, standing
from advisor.projection.machines import Running
from advisor.projection.operators import Floats
from advisor.projection.queueing import mean_wait_s
from advisor.projection.scenario import Case, Scenario, costly
from advisor.projection.serving import Served, replicas
from advisor.projection.setup import Setup
from advisor.projection.training import Trained
from advisor.units import BYTES_PER_GIB, HOURS_PER_MONTH, SECONDS_PER_MONTH


@dataclass(frozen=True)
class Fleet:
    """Arrays of shape (setups,). Accelerators are whole parts; a slice counts as its share."""

    serving_accelerators: Floats
    serving_hours: Floats
    training_hours: Floats
    recovery_hours: Floats
    """Beside `training_hours`: versions trained further after pruning, one a month's release."""
    held_hours: Floats
    """For which training holds accelerators: both, what is lost to failures, standing still."""
    owned_accelerators: Floats
    """What must be bought where nothing is rented."""
    owned_for_training: Floats
    """What must be bought where only serving is rented."""
    busy_fraction: Floats
    """Mean share of the owned accelerators' time that is computed in."""
    training_energy_kwh: Floats
    """Of `energy_kwh`, what training draws."""
    energy_kwh: Floats
    """NaN where the accelerator's power is not known."""
    wait_s: Floats
    """Mean wait of a request at the peak for a place on one of the replicas that are needed."""
    running: Running
    """The accelerators that serve, through the day."""


def size_fleet(
    scenario: Scenario, setups: Sequence[Setup], columns: SetupColumns, served: Served,
    trained: Trained, case: Case,
) -> Fleet:  # fmt: skip
    """Accelerators for the replicas at the peak, and training beside them.

    A slice of an accelerator is charged as its share: the other slices serve others. So do, or
    stand switched off, accelerators that an autoscaler has given up.
    """
    serving, capacity = scenario.workload.serving, scenario.organization.capacity
    demand = columns.demand_share
    mean_rate = serving.requests_per_month / SECONDS_PER_MONTH * demand
    planned_rate = served.requests_per_s * capacity.target_utilisation
    alone = replicas(scenario, served.requests_per_s, demand) * served.accelerators
    spare = serving.redundant_replicas * served.accelerators
    others = neighbours(scenario, setups, case)
    own = mean_rate * serving.peak / planned_rate * served.accelerators
    # A model that is hardly asked for still takes its part of the memory from the others.
    room = scenario.hardware.memory.capacity_gib * BYTES_PER_GIB
    taken = np.maximum(own, served.memory_bytes / room * served.accelerators)
    fleet_part = part_of_fleet(taken, spare, others)
    accelerators = np.where(others > 0, fleet_part, alone / columns.slices)
    followed = standing(serving, mean_rate, planned_rate, scaling(setups))
    serving_hours = accelerators * HOURS_PER_MONTH * followed.hours_of_peak
    running = Running(
        accelerators[:, None] * followed.of_peak,
        followed.share,
        (columns.slices > 1) | (others > 0),
    )
    serving_busy = mean_rate / served.requests_per_s * served.accelerators / columns.slices
    # Work that failing machines lose is done again on the same accelerators.
    progress = trained.accelerator_hours + trained.recovery_hours
    trained_hours = progress / (1 - costly(capacity.failed_work_fraction, case))
    held_hours = trained_hours / (1 - costly(capacity.standing_still_fraction, case))
    training_share = held_hours / (HOURS_PER_MONTH * capacity.target_utilisation)
    # Serving takes whole slices, training all that one run needs at once.
    training_accelerators = np.ceil(training_share / trained.accelerators) * trained.accelerators
    shared = accelerators + training_accelerators
    busy_hours = serving_busy * HOURS_PER_MONTH + trained_hours
    tdp_w = scenario.hardware.power.tdp_w if scenario.hardware.power else None
    idle = scenario.organization.energy.idle_power_fraction
    paid_hours = serving_hours + held_hours
    energy = (idle * paid_hours + (1 - idle) * busy_hours) * (tdp_w or np.nan) / 1e3
    training_energy = (idle * held_hours + (1 - idle) * trained_hours) * (tdp_w or np.nan) / 1e3
    with np.errstate(divide="ignore", invalid="ignore"):
        busy = np.where(shared > 0, busy_hours / (shared * HOURS_PER_MONTH), 0.0)
    return Fleet(
        serving_accelerators=accelerators,
        serving_hours=serving_hours,
        training_hours=trained.accelerator_hours,
        recovery_hours=trained.recovery_hours,
        held_hours=held_hours,
        owned_accelerators=shared,
        owned_for_training=training_accelerators,
        busy_fraction=busy,
        training_energy_kwh=training_energy,
        energy_kwh=energy,
        wait_s=_wait_s(scenario, served, demand, own, others),
        running=running,
    )


def _wait_s(
    scenario: Scenario, served: Served, demand: Floats, own: Floats, others: Floats
) -> Floats:
    """A batch that is run whole is one place of a replica, a decoder's sequences are one each.

    Spare replicas are taken to be the ones that failed. Other models' requests on the same fleet
    are taken to be as long as the model's own.
    """
    serving = scenario.workload.serving
    together = 1.0 if scenario.profile.decoder else served.batch_size
    places = served.batch_size if scenario.profile.decoder else np.ones_like(served.batch_size)
    needed = replicas(scenario, served.requests_per_s, demand) - serving.redundant_replicas
    needed = np.where(others > 0, np.ceil(own + others) / served.accelerators, needed)
    peak = serving.requests_per_month / SECONDS_PER_MONTH * serving.peak / together
    grown = np.divide(own + others, own, out=np.ones_like(own), where=own > 0)
    return served.gathering_s / 2 + mean_wait_s(
        peak * demand * grown, served.latency_s, np.maximum(needed, 1.0) * places, served.variation
    )
