"""A calibration holds for the box that it was taken on, and says why where it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advisor.catalog import load
from advisor.catalog.hardware import Calibration, Hardware
from advisor.catalog.load import hardware_by_id
from advisor.errors import CatalogError
from advisor.measurement.calibration import store
from advisor.measurement.calibration.box import Box, this_box
from advisor.telemetry.machine import Machine

BOX = Box(device="AMD EPYC", driver="none", torch="2.13.0+cpu", threads=2)


def calibrated(box: Box = BOX, taken_at: str = "2026-11-23T10:00:00+00:00") -> Hardware:
    known = Calibration(
        box.device, box.driver, box.torch, box.threads, taken_at, points=200, median_error=0.05
    )
    return replace(load.hardware()["cpu-2vcpu"], calibration=known)


def test_what_is_kept_is_found_again() -> None:
    store.keep(calibrated(), BOX)
    assert store.find(BOX) == store.Found(calibrated())


def test_a_box_never_calibrated_is_offered_it() -> None:
    found = store.find(BOX)
    assert found.hardware is None
    assert found.reason is not None
    assert "advisor calibrate" in found.reason


@pytest.mark.parametrize(
    ("now", "named"),
    [
        (replace(BOX, torch="2.14.0"), "torch was 2.13.0+cpu, now 2.14.0"),
        (replace(BOX, threads=1), "threads was 2, now 1"),
        (replace(BOX, driver="570.1"), "driver was none, now 570.1"),
    ],
)
def test_one_that_does_not_hold_any_more_is_refused_with_what_changed(now: Box, named: str) -> None:
    store.keep(calibrated(), BOX)
    found = store.find(now)
    assert found.hardware is None
    assert found.reason is not None
    assert named in found.reason
    assert "again" in found.reason


def test_another_device_is_no_change_of_this_one() -> None:
    store.keep(calibrated(), BOX)
    reason = store.find(replace(BOX, device="Intel Xeon")).reason
    assert reason is not None
    assert "not calibrated" in reason


def test_the_newest_of_several_is_the_one_compared() -> None:
    older = replace(BOX, torch="2.9.0")
    store.keep(calibrated(older, "2025-01-01T00:00:00+00:00"), older)
    store.keep(calibrated(), BOX)
    reason = store.find(replace(BOX, threads=8)).reason
    assert reason is not None
    assert "threads was 2, now 8" in reason
    assert "2.9.0" not in reason


def test_a_damaged_file_is_a_reason_and_not_an_end() -> None:
    store.keep(calibrated(), BOX).write_text("{")
    found = store.find(BOX)
    assert found.hardware is None
    assert found.reason is not None
    assert "cannot be read" in found.reason


def test_the_document_is_a_hardware_profile_on_any_machine(tmp_path: Path) -> None:
    path = tmp_path / "box.json"
    path.write_bytes(store.document(calibrated()))
    assert hardware_by_id(str(path), "--hardware") == calibrated()


def test_a_file_that_is_no_profile_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "box.json"
    path.write_text('{"name": "x"}')
    with pytest.raises(CatalogError, match=r"box\.json"):
        hardware_by_id(str(path), "--hardware")


def test_threads_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine((), None, "AMD EPYC", 2, 2, 2**33, "Linux", "3.11")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert this_box(machine).threads == 7
    monkeypatch.delenv("OMP_NUM_THREADS")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    assert this_box(machine).threads >= 1
