"""What the telemetry reads of the driver, checked against PyTorch's and nvidia-smi's own figures.

What is compared and how; `gpu_nvml_run` reads both sides on a device that it keeps busy.
"""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from advisor.telemetry.reading import DeviceReading

MIB = 2**20
SMI_FIELDS = (
    "uuid", "driver_version", "memory.total", "memory.used", "utilization.gpu", "power.draw",
    "enforced.power.limit", "temperature.gpu", "clocks.sm", "mig.mode.current",
)  # fmt: skip
"""As `nvidia-smi --help-query-gpu` names them; MiB, percent, W, °C and MHz."""


@dataclass(frozen=True)
class Check:
    """One figure of ours beside another's. `holds` is None where either is not known."""

    figure: str
    ours: float | str | None
    by: str
    theirs: float | str | None
    holds: bool | None
    note: str = ""


def compared(
    figure: str, ours: float | str | None, by: str, theirs: float | str | None, within: float,
    note: str = "",
) -> Check:  # fmt: skip
    """Texts must be the same; numbers may differ by `within`, in their own unit."""
    if ours is None or theirs is None:
        return Check(figure, ours, by, theirs, None, note or "not known on one side")
    if isinstance(ours, str) or isinstance(theirs, str):
        return Check(figure, ours, by, theirs, str(ours) == str(theirs), note)
    return Check(figure, ours, by, theirs, abs(ours - theirs) <= within, note)


def smi_rows(text: str, fields: tuple[str, ...]) -> list[dict[str, str | None]]:
    """What `nvidia-smi --format=csv,noheader,nounits` printed; [N/A] and the like are None."""
    rows = csv.reader(line for line in text.splitlines() if line.strip())
    return [
        {
            name: None if cell.strip().startswith("[") else cell.strip()
            for name, cell in zip(fields, row, strict=True)
        }
        for row in rows
    ]


def ask_smi(query: str, fields: tuple[str, ...]) -> list[dict[str, str | None]]:
    """Empty where there is no nvidia-smi, or it answers in another form."""
    command = ["nvidia-smi", f"--query-{query}={','.join(fields)}", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        return smi_rows(answer.stdout, fields)
    except (OSError, subprocess.SubprocessError, ValueError):
        return []


def number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def against_smi(
    ours: DeviceReading, version: str | None, row: Mapping[str, str | None]
) -> Iterator[Check]:
    """Figures that move are compared as widely as they move between two questions."""
    by = "nvidia-smi"
    used, total = ours.memory_used_bytes, ours.memory_total_bytes
    mig = None if ours.mig_enabled is None else ("Enabled" if ours.mig_enabled else "Disabled")
    yield compared("uuid", ours.uuid, by, row["uuid"], 0)
    yield compared("driver version", version, by, row["driver_version"], 0)
    yield compared("memory total MiB", _mib(total), by, number(row["memory.total"]), 1)
    yield compared("memory used MiB", _mib(used), by, number(row["memory.used"]), 16)
    yield compared(
        "utilisation %", ours.utilisation_percent, by, number(row["utilization.gpu"]), 25
    )
    power = number(row["power.draw"])
    yield compared("power W", ours.power_w, by, power, 0.15 * (power or 0.0))
    limit = number(row["enforced.power.limit"])
    yield compared("power limit W", ours.power_limit_w, by, limit, 1)
    yield compared("temperature °C", ours.temperature_c, by, number(row["temperature.gpu"]), 3)
    yield compared("clock MHz", ours.clock_mhz, by, number(row["clocks.sm"]), 150)
    yield compared("MIG", mig, by, row["mig.mode.current"], 0)


def against_torch(ours: DeviceReading, theirs: Mapping[str, float | None]) -> Iterator[Check]:
    """`theirs` is named as `torch_figures` names it."""
    by = "torch"
    total, used = theirs["memory total MiB"], theirs["memory used MiB"]
    reserved = "torch leaves out what the driver reserves"
    yield compared(
        "memory total MiB", _mib(ours.memory_total_bytes), by, total, 0.03 * (total or 0.0),
        reserved,
    )  # fmt: skip
    yield compared("memory used MiB", _mib(ours.memory_used_bytes), by, used, 1024, reserved)
    utilisation = theirs["utilisation %"]
    yield compared("utilisation %", ours.utilisation_percent, by, utilisation, 25)
    power = theirs["power W"]
    yield compared("power W", ours.power_w, by, power, 0.15 * (power or 0.0))
    yield compared("temperature °C", ours.temperature_c, by, theirs["temperature °C"], 3)
    yield compared("clock MHz", ours.clock_mhz, by, theirs["clock MHz"], 150)


def of_processes(
    ours: DeviceReading, pid: int, rows: list[dict[str, str | None]]
) -> Iterator[Check]:
    """In a container the driver may number processes as its host does."""
    if ours.processes is None:
        yield Check("processes", None, "nvidia-smi", len(rows), None, "the driver does not tell")
        return
    pids = {each.pid for each in ours.processes}
    note = "" if pid in pids else f"this process is {pid}; a container's numbers are its own"
    yield Check("processes", len(pids), "this process", 1, bool(pids), note)
    theirs = {int(found) for row in rows if (found := number(row["pid"])) is not None}
    yield compared("pids", _listed(pids), "nvidia-smi", _listed(theirs), 0)


def _listed(pids: set[int]) -> str:
    return " ".join(map(str, sorted(pids)))


def _mib(found: int | None) -> float | None:
    return None if found is None else found / MIB
