"""The course of every figure that telemetry reads, a chart of one line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor import units
from advisor.tui.render.line import BLANK, FACT_WIDTH, Line, Span, Tone, fit, rule, wrap
from advisor.tui.render.telemetry import sparkline
from advisor.tui.traces import READINGS_PER_CELL, DeviceTraces, HostTraces, Trace

if TYPE_CHECKING:
    from advisor.telemetry.reading import DeviceReading, HostReading, Telemetry

NAME_WIDTH, FIGURE_WIDTH = FACT_WIDTH, 22
SECONDS_PER_CELL = 2 * READINGS_PER_CELL
_HOT_C = 100.0
"""The top of the chart of temperatures: GPUs slow down below it."""


def course_lines(
    now: Telemetry | None, devices: Sequence[DeviceTraces], host: HostTraces, width: int
) -> list[Line]:
    """Every GPU and the host; what cannot be read now says why, and how old its figures are."""
    if now is None:
        return [(Span(" the first reading is under way", "dim"),)]
    lines: list[Line] = []
    for device, traces in zip(now.devices, devices, strict=False):
        lines += [*_device_lines(device, traces, now.taken_at_s, width), BLANK]
    if now.problem is not None:
        lines += [*wrap(f"no GPU can be read: {now.problem}", width, " ", "warn"), BLANK]
    lines += _host_lines(now.host, host, width)
    cells = max(0, width - NAME_WIDTH - FIGURE_WIDTH - 3)
    minutes = cells * SECONDS_PER_CELL / 60
    scale = f"{SECONDS_PER_CELL} s a block, {minutes:.0f} min across; p pauses"
    return [*lines, *wrap(scale, width, " ", "dim")]


def _device_lines(
    device: DeviceReading, traces: DeviceTraces, now_s: float, width: int
) -> list[Line]:
    lines = [rule(f"GPU{device.index} {device.name or units.UNKNOWN}", width)]
    if device.problem is not None:
        age = device.age_s(now_s)
        seen = "never read" if age is None else f"the figures are {age:.0f} s old"
        lines += wrap(f"{device.problem}; {seen}", width, " ", "warn")
    total, limit = device.memory_total_bytes, device.power_limit_w
    memory = f"{units.memory(device.memory_used_bytes)} / {units.memory(total)}"
    power = units.UNKNOWN if device.power_w is None else f"{device.power_w:.0f} W"
    power += "" if limit is None else f" / {limit:.0f} W"
    heat = device.temperature_c
    lines += [
        _row("busy", _percent(device.utilisation_percent), traces.busy_percent, 100.0, width),
        _row("memory", memory, traces.memory_bytes, total, width),
        _row("power", power, traces.power_w, limit, width),
        _row("temperature", "unknown" if heat is None else f"{heat:.0f} °C",
             traces.temperature_c, _HOT_C, width),
    ]  # fmt: skip
    clock = "" if device.clock_mhz is None else f"clock {device.clock_mhz:,.0f} MHz"
    others = device.processes
    running = ""
    if others is not None:
        held = [f"{each.pid} ({units.memory(each.memory_bytes)})" for each in others]
        running = f"processes {', '.join(held)}" if held else "no process computes on it"
    told = " · ".join(each for each in (clock, running) if each)
    return [*lines, *(wrap(told, width, " ", "dim") if told else ())]


def _host_lines(host: HostReading, traces: HostTraces, width: int) -> list[Line]:
    total = host.memory_total_bytes
    memory = f"{units.memory(host.memory_used_bytes)} / {units.memory(total)}"
    load = "" if host.load_average is None else f"  load {host.load_average[0]:.2f}"
    return [
        rule("host", width),
        _row("processor", f"{_percent(host.cpu_percent)}{load}", traces.cpu_percent, 100.0, width),
        _row("memory", memory, traces.memory_bytes, total, width),
    ]


def _row(name: str, figure: str, trace: Trace, top: float | None, width: int) -> Line:
    room = max(0, width - NAME_WIDTH - FIGURE_WIDTH - 3)
    cells = trace.cells(room)
    known = [each for each in cells if each is not None]
    highest = top or max(known, default=0.0) or 1.0
    shares = [None if each is None else 100 * each / highest for each in cells]
    tone: Tone = "plain" if known else "dim"
    return (
        Span(" "), Span(fit(name, NAME_WIDTH), "dim"), Span(" "),
        Span(fit(figure, FIGURE_WIDTH), tone), Span(" "), Span(sparkline(shares), "accent"),
    )  # fmt: skip


def _percent(value: float | None) -> str:
    return units.UNKNOWN if value is None else f"{value:.0f}%"
