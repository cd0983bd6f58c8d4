"""How the driver's figures are compared, with answers made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.telemetry.reading import DeviceReading, ProcessReading
from tests.benchmarks.gpu_nvml import (
    MIB,
    SMI_FIELDS,
    Check,
    against_smi,
    against_torch,
    ask_smi,
    compared,
    of_processes,
    smi_rows,
)

ANSWER = (
    "GPU-1, 580.65, 143771, 1024, 97, 612.50, 700.00, 55, 1830, Disabled\n"
    "GPU-2, 580.65, 143771, 4, 0, [N/A], 700.00, 31, 345, [Not Supported]\n"
)
READING = DeviceReading(
    0, uuid="GPU-1", memory_used_bytes=1030 * MIB, memory_total_bytes=143771 * MIB,
    utilisation_percent=95, power_w=600, power_limit_w=700, temperature_c=55, energy_mj=1,
    clock_mhz=1845, mig_enabled=False, processes=(ProcessReading(7, 512 * MIB),),
)  # fmt: skip


def test_what_nvidia_smi_does_not_tell_is_unknown() -> None:
    first, second = smi_rows(ANSWER, SMI_FIELDS)
    assert first["power.draw"] == "612.50"
    assert second["power.draw"] is None
    assert second["mig.mode.current"] is None


def test_an_agreeing_nvidia_smi_confirms_every_figure() -> None:
    found = list(against_smi(READING, "580.65", smi_rows(ANSWER, SMI_FIELDS)[0]))
    assert len(found) == len(SMI_FIELDS)
    assert [each for each in found if not each.holds] == []


def test_another_device_is_told_by_its_figures() -> None:
    found = against_smi(READING, "580.65", smi_rows(ANSWER, SMI_FIELDS)[1])
    wrong = {each.figure for each in found if each.holds is False}
    assert wrong >= {"uuid", "memory used MiB", "utilisation %", "temperature °C", "clock MHz"}


def test_torch_in_other_units_would_not_hold() -> None:
    theirs = {
        "memory total MiB": 143000.0, "memory used MiB": 1500.0, "utilisation %": 96.0,
        "power W": 0.6, "temperature °C": 55.0, "clock MHz": 1830.0,
    }  # fmt: skip
    found = list(against_torch(READING, theirs))
    assert {each.figure for each in found if each.holds is False} == {"power W"}


def test_unknown_figures_neither_hold_nor_fail() -> None:
    assert compared("power W", None, "torch", 600.0, 10).holds is None


def test_processes_are_found_by_their_numbers() -> None:
    listed, pids = of_processes(READING, 7, [{"pid": "7"}])
    assert listed.holds is True
    assert pids.holds is True
    inside, pids = of_processes(READING, 99, [{"pid": "8"}])
    assert inside.holds is True
    assert "container" in inside.note
    assert pids.holds is False


def test_nvidia_smi_is_asked_in_its_own_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text('#!/bin/sh\necho "$1|$2" > "$(dirname "$0")/asked"\necho "12, [N/A]"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert ask_smi("compute-apps", ("pid", "used_memory")) == [{"pid": "12", "used_memory": None}]
    asked = (tmp_path / "asked").read_text().strip()
    assert asked == "--query-compute-apps=pid,used_memory|--format=csv,noheader,nounits"


def test_no_nvidia_smi_gives_no_rows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ask_smi("gpu", SMI_FIELDS) == []


def test_a_check_without_a_driver_says_so() -> None:
    [check] = of_processes(DeviceReading(0), 1, [])
    assert check == Check("processes", None, "nvidia-smi", 0, None, "the driver does not tell")
