"""advisor watch: how busy this machine is, sampled for a while and kept in the history."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable
from datetime import datetime, timezone

from advisor.cli._output import StderrProgress, print_json, print_table, print_text
from advisor.cli.command import Command
from advisor.history import History
from advisor.telemetry.reading import Telemetry
from advisor.telemetry.sample import series
from advisor.telemetry.summary import DeviceSummary, ProcessSummary, Spread, WatchSummary, summarise

LEAST_INTERVAL_S = 1.0
"""Reading the driver more often slows the jobs on the device."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=_minutes, required=True, help="how long to watch")
    parser.add_argument(
        "--interval", type=_interval, default=5.0, help="seconds between readings (default 5)"
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def run(arguments: argparse.Namespace) -> int:
    duration_s = arguments.minutes * 60
    summary = watch(series(duration_s, arguments.interval), duration_s, History())
    if arguments.json:
        print_json(summary)
    else:
        _print(summary)
    return 0


def watch(readings: Iterable[Telemetry], duration_s: float, history: History) -> WatchSummary:
    """Keep every reading as it comes; an interrupt ends the watch, not what it has seen."""
    seen: list[Telemetry] = []
    with StderrProgress() as progress:
        try:
            for reading in readings:
                history.add_telemetry(datetime.now(tz=timezone.utc).isoformat(), reading)
                seen.append(reading)
                watched_s = reading.taken_at_s - seen[0].taken_at_s
                progress("watching this machine", min(1.0, watched_s / duration_s))
        except KeyboardInterrupt:
            if not seen:
                raise
    return summarise(seen)


def _print(summary: WatchSummary) -> None:
    print_text(f"{summary.samples} readings in {summary.watched_s:.0f} s")
    if summary.problem is not None:
        print_text(f"GPU: {summary.problem}")
    rows = [_row(device) for device in summary.devices]
    memory = _bytes(summary.host_memory_used_bytes)
    rows.append(("host", *_percent(summary.cpu_percent), "—", memory, "—", "—"))
    print_table(("part", "busy", "busy p95", "idle", "memory", "power", "energy"), rows)
    processes = [
        (str(device.index), *_process(process))
        for device in summary.devices
        for process in device.processes or ()
    ]
    if processes:
        print_text("")
        header = ("GPU", "process", "seen in", "busy", "busy p95", "memory")
        print_table(header, processes)


def _process(process: ProcessSummary) -> tuple[str, ...]:
    return (
        str(process.pid),
        f"{process.seen_share:.0%} of readings",
        *_percent(process.utilisation_percent),
        _bytes(process.memory_bytes),
    )


def _row(device: DeviceSummary) -> tuple[str, ...]:
    return (
        f"{device.index} {device.name or 'unnamed GPU'}",
        *_percent(device.utilisation_percent),
        "—" if device.idle_share is None else f"{device.idle_share:.0%}",
        _bytes(device.memory_used_bytes),
        "—" if device.power_w is None else f"{device.power_w.mean:.0f} W",
        "—" if device.energy_j is None else f"{device.energy_j / 3600:.2f} Wh",
    )


def _percent(spread: Spread | None) -> tuple[str, str]:
    return ("—", "—") if spread is None else (f"{spread.mean:.0f} %", f"{spread.p95:.0f} %")


def _bytes(spread: Spread | None) -> str:
    return "—" if spread is None else f"{spread.mean / 2**30:.1f} GiB"


def _minutes(text: str) -> float:
    return _at_least(text, 0.0, "minutes")


def _interval(text: str) -> float:
    return _at_least(text, LEAST_INTERVAL_S, "seconds")


def _at_least(text: str, least: float, unit: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0 and value >= least):
        bound = f"{least:g} {unit} or more" if least else f"more than 0 {unit}"
        raise argparse.ArgumentTypeError(f"{text!r} is not {bound}")
    return value


COMMAND = Command(
    "watch", "sample how busy this machine's GPUs and host are, for a while", configure, run
)
