"""What training in several processes came to, beside one process and the projection."""

from __future__ import annotations

from advisor import units
from advisor.cli._output import print_table, print_text
from advisor.measurement.distributed.comparison import ComparedRanks
from advisor.measurement.distributed.result import RankRun
from advisor.measurement.training_result import MemoryCategory, TrainingRun

_HELD: tuple[MemoryCategory, ...] = ("parameters", "gradients", "optimizer", "activations")
SAME_LOSS = 1e-3
"""Sums in another order change 32-bit losses by less over a few dozen steps."""


def print_ranks(compared: ComparedRanks) -> None:
    found = compared.measurement
    _print_runs(compared)
    print_text("")
    for name, figure in _differences(compared):
        print_text(f"{name}: {figure}")
    print_text("")
    print_table(
        ("rank", "host", "step", "peak memory", "sent a step", "on the wire"),
        [_rank(each) for each in found.ranks],
    )
    for note in found.notes:
        print_text(f"note: {note}")
    where = found.environment
    print_text(
        f"{len(found.ranks)} processes over {found.backend} with {found.threads} threads each, on "
        f"{where.device_name}, torch {where.torch}, {found.variant.step_s.repeats} steps of "
        f"{found.samples_per_step} samples"
    )


def _print_runs(compared: ComparedRanks) -> None:
    found = compared.measurement
    runs = (found.one, found.variant)
    sides = (compared.one, compared.variant)
    steps = [each.projected.step_s if each.projected else None for each in sides]
    held = [each.projected.memory_bytes if each.projected else None for each in sides]
    median = [run.step_s.median if run else None for run in runs]
    peak = [run.peak_memory_bytes if run else None for run in runs]
    print_table(
        ("", "one process", "slowest rank"),
        [
            ("training step, median", *map(units.seconds, median)),
            ("  projected", *(units.seconds(each.expected if each else None) for each in steps)),
            ("  error", *(units.percent(each.step_error, signed=True) for each in sides)),
            ("peak memory", *map(units.memory, peak)),
            ("  projected", *map(units.memory, held)),
            ("  error", *(units.percent(each.memory_error, signed=True) for each in sides)),
            *((f"  {name}", *(_held(run, name) for run in runs)) for name in _HELD),
        ],
    )  # fmt: skip


def _held(run: TrainingRun | None, name: MemoryCategory) -> str:
    return units.memory(None if run is None else run.memory_bytes[name])


def _differences(compared: ComparedRanks) -> list[tuple[str, str]]:
    found = compared.measurement
    speed = "" if found.speed_up is None else f", {found.speed_up:.2f} times as fast as one process"
    apart = found.loss_difference
    verdict = "" if apart is None else ": the same" if apart <= SAME_LOSS else ": not the same"
    traffic = found.slowest.traffic
    exchanges = ", ".join(
        f"{each.calls} × {name} of {units.memory(each.payload_bytes)} in all"
        for name, each in traffic.collectives.items()
    )
    return [
        (
            "scaling efficiency",
            units.percent(found.scaling_efficiency)
            + f" of linear (projected {units.percent(compared.projected_efficiency)}){speed}",
        ),
        (
            "sent by a rank in a step",
            f"{units.memory(round(traffic.sent_bytes))}, projected "
            f"{units.memory(compared.projected_sent_bytes)}, error "
            f"{units.percent(compared.sent_error, signed=True)} ({exchanges})",
        ),
        (
            "loss against one process, largest difference of a step",
            f"{units.UNKNOWN if apart is None else f'{apart:.1e}'}{verdict}",
        ),
    ]


def _rank(each: RankRun) -> tuple[str, ...]:
    return (
        str(each.rank),
        each.host,
        units.seconds(each.run.step_s.median),
        units.memory(each.run.peak_memory_bytes),
        units.memory(round(each.traffic.sent_bytes)),
        units.memory(each.traffic.wire_bytes),
    )
