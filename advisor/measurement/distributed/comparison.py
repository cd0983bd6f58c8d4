"""A measurement of several processes beside the projection of the same steps."""

from __future__ import annotations

from dataclasses import dataclass, replace

from advisor.catalog.hardware import Hardware
from advisor.measurement.distributed.result import DistributedMeasurement
from advisor.measurement.training_comparison import ComparedRun, compared_run
from advisor.projection.check import relative_error
from advisor.projection.check_training import project_training_run
from advisor.projection.scenario import Scenario
from advisor.strategies.selection import parse_selection, setup_for
from advisor.strategies.strategy import DISTRIBUTE


@dataclass(frozen=True)
class ComparedRanks:
    """`one` and `variant`, the slowest rank, are both None inside on an unknown machine.

    Times are projected where each rank has an accelerator of its own. Cores of one processor are
    no such: a rank has a share of them, and no profile describes a share.
    """

    measurement: DistributedMeasurement
    one: ComparedRun
    variant: ComparedRun
    projected_sent_bytes: float | None
    """What a rank sends in a step."""
    sent_error: float | None
    projected_efficiency: float | None


def compare_ranks(
    measurement: DistributedMeasurement, scenario: Scenario, hardware: Hardware | None
) -> ComparedRanks:
    """`hardware` is that of the machine it was measured on, None where it is not known."""
    unknown = ComparedRun(None, None, None)
    if hardware is None:
        return ComparedRanks(measurement, unknown, unknown, None, None, None)
    chosen = parse_selection(",".join(measurement.request.choices), "the measurement")
    others = tuple(each for each in chosen if each.strategy.stage != DISTRIBUTE)
    alone, ranked = project_training_run(
        scenario, hardware, [setup_for(others), setup_for(chosen)], measurement.samples_per_step,
        measurement.variant.tokens_per_sample,
    )  # fmt: skip
    if hardware.is_cpu:
        alone, ranked = replace(alone, step_s=None), replace(ranked, step_s=None)
    efficiency = None
    if alone.step_s is not None and ranked.step_s is not None:
        efficiency = alone.step_s.expected / ranked.step_s.expected / len(measurement.ranks)
    sent = measurement.slowest.traffic.sent_bytes
    return ComparedRanks(
        measurement=measurement,
        one=unknown if measurement.one is None else compared_run(alone, measurement.one),
        variant=compared_run(ranked, measurement.variant),
        projected_sent_bytes=ranked.sent_bytes,
        sent_error=relative_error(ranked.sent_bytes, sent) if sent else None,
        projected_efficiency=efficiency,
    )
