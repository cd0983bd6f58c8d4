"""The telemetry line, and all that is known of the machine for its own view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor import units
from advisor.tui.render.line import BLANK, Line, fact_lines, fit, rule

if TYPE_CHECKING:
    from advisor.catalog.hardware import Hardware
    from advisor.telemetry.machine import Machine
    from advisor.telemetry.reading import DeviceReading, HostReading, Telemetry

BLOCKS = "▁▂▃▄▅▆▇█"
HISTORY_LENGTH = 16


def sparkline(percents: Sequence[float | None]) -> str:
    """One block a reading; a blank where the figure is not known."""
    return "".join(
        " " if value is None else BLOCKS[min(len(BLOCKS) - 1, int(value / 100 * len(BLOCKS)))]
        for value in percents
    )


def _percent(value: float | None) -> str:
    return " n/a" if value is None else f"{value:3.0f}%"


def _device_text(device: DeviceReading, history: Sequence[float | None], now_s: float) -> str:
    parts = [f"GPU{device.index} {_percent(device.utilisation_percent)} {sparkline(history)}"]
    used, total = device.memory_used_bytes, device.memory_total_bytes
    parts.append(f"mem {units.memory(used)}/{units.memory(total)}")
    if device.power_w is not None:
        limit = "" if device.power_limit_w is None else f"/{device.power_limit_w:.0f}"
        parts.append(f"{device.power_w:.0f}{limit} W")
    if device.temperature_c is not None:
        parts.append(f"{device.temperature_c:.0f} °C")
    if device.problem is not None:
        age = device.age_s(now_s)
        seen = "never read" if age is None else f"figures {age:.0f} s old"
        parts.insert(1, f"{device.problem} ({seen})")
    return "  ".join(parts)


def _host_parts(host: HostReading) -> tuple[str, ...]:
    """The most important first."""
    used, total = units.memory(host.memory_used_bytes), units.memory(host.memory_total_bytes)
    load = "unknown" if host.load_average is None else f"{host.load_average[0]:.2f}"
    return f"host CPU {_percent(host.cpu_percent)}", f"mem {used}/{total}", f"load {load}"


def telemetry_text(
    now: Telemetry | None, histories: Sequence[Sequence[float | None]], paused: bool, width: int
) -> str:
    """One line: the first GPU, or why there is none; the host where there is room."""
    if now is None:
        return fit(" telemetry: paused" if paused else " telemetry: first reading under way", width)
    if now.devices:
        shown = [_device_text(now.devices[0], histories[0] if histories else (), now.taken_at_s)]
        if len(now.devices) > 1:
            shown.append(f"+{len(now.devices) - 1} more (6)")
    else:
        shown = [f"no GPU: {now.problem or 'the driver lists none'}"]
    text = " " + "  ".join((*(["paused"] if paused else []), *shown))
    for part in _host_parts(now.host):
        if len(text) + len(part) + 2 <= width:
            text += f"  {part}"
    return fit(text, width)


def machine_lines(machine: Machine, hardware: Hardware, width: int) -> list[Line]:
    """This machine, and the hardware profile that the projection is about."""
    cores = f"{machine.cores_logical or units.UNKNOWN} logical cores"
    facts = [
        ("processor", f"{machine.processor_name or units.UNKNOWN}, {cores}"),
        ("memory", units.memory(machine.memory_bytes)),
        ("driver", machine.driver_version or machine.problem or units.UNKNOWN),
        ("system", f"{machine.platform}, Python {machine.python}"),
    ]
    lines = [BLANK, rule("this machine", width), *fact_lines(facts, width)]
    memory, compute = hardware.memory, hardware.compute
    peaks = [
        f"{dtype} {peak / 1e12:g}"
        for dtype in ("fp32", "tf32", "fp16", "bf16", "fp8", "int8")
        if (peak := compute.peak_flops(dtype)) is not None
    ]
    bandwidth = f"{memory.bandwidth_gb_per_s:g} GB/s"
    facts = [
        ("name", f"{hardware.name} ({hardware.id})"),
        ("memory", f"{memory.capacity_gib:g} GiB at {bandwidth}"),
        ("dense peaks", f"{', '.join(peaks)} ×10¹² operations/s"),
        ("source", f"{compute.source.text} ({compute.source.as_of})"),
        ("efficiency", hardware.efficiency.source.text),
    ]
    return [*lines, BLANK, rule("the hardware projected", width), *fact_lines(facts, width)]
