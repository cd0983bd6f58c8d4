from __future__ import annotations

import pynvml
import pytest

from advisor.telemetry.nvml import NvmlDriver
from advisor.telemetry.sample import sample


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the loader find no NVML library, also on a machine that has one."""

    def not_found(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(pynvml, "nvmlLib", None)
    monkeypatch.setattr(pynvml, "CDLL", not_found)
    monkeypatch.setattr(pynvml, "_nvmlGetFunctionPointer_cache", {})


@pytest.mark.usefixtures("no_library")
def test_missing_library_is_stated_by_name() -> None:
    with NvmlDriver() as driver:
        reading = driver.read()
    assert reading.devices == ()
    assert reading.driver_version is None
    assert reading.problem is not None
    assert reading.problem.startswith("no NVIDIA driver: ")
    assert "libnvidia-ml.so.1" in reading.problem or "nvml.dll" in reading.problem


@pytest.mark.usefixtures("no_library")
def test_sample_without_a_driver_still_reads_the_host() -> None:
    reading = sample()
    assert reading.devices == ()
    assert reading.problem is not None
    assert reading.host.memory_total_bytes > 0


def test_other_failure_to_start_is_stated_with_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_NO_PERMISSION)

    monkeypatch.setattr(pynvml, "nvmlInit", fails)
    reading = NvmlDriver().read()
    assert reading.problem == "the NVIDIA driver does not start: Insufficient Permissions"


def test_close_without_a_session_does_nothing() -> None:
    driver = NvmlDriver()
    driver.close()
    driver.close()


@pytest.fixture
def one_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver with one device that supports nothing but what a test adds."""

    def unsupported(*_: object) -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)

    for name in dir(pynvml):
        if name.startswith("nvmlDeviceGet"):
            monkeypatch.setattr(pynvml, name, unsupported)
    monkeypatch.setattr(pynvml, "nvmlInit", lambda: None)
    monkeypatch.setattr(pynvml, "nvmlShutdown", lambda: None)
    monkeypatch.setattr(pynvml, "nvmlSystemGetDriverVersion", lambda: b"1.0")
    monkeypatch.setattr(pynvml, "nvmlDeviceGetCount", lambda: 1)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetHandleByIndex", lambda _: "handle")


@pytest.mark.usefixtures("one_device")
def test_names_may_be_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pynvml, "nvmlDeviceGetName", lambda _: b"NVIDIA \xff")
    reading = NvmlDriver().read()
    assert reading.driver_version == "1.0"
    assert reading.devices[0].name == "NVIDIA \N{REPLACEMENT CHARACTER}"


@pytest.mark.usefixtures("one_device")
def test_name_that_is_not_text_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pynvml, "nvmlDeviceGetName", lambda _: b"\xff".decode())
    assert NvmlDriver().read().devices[0].name is None


@pytest.mark.usefixtures("one_device")
def test_memory_total_of_zero_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        pynvml, "nvmlDeviceGetMemoryInfo", lambda *_: pynvml.c_nvmlMemory_t(total=0, used=0)
    )
    [device] = NvmlDriver().read().devices
    assert device.memory_used_bytes is None
    assert device.memory_total_bytes is None


@pytest.mark.usefixtures("one_device")
def test_device_without_access_is_listed_with_its_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(_: int) -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_NO_PERMISSION)

    monkeypatch.setattr(pynvml, "nvmlDeviceGetHandleByIndex", forbidden)
    [device] = NvmlDriver().read().devices
    assert device.index == 0
    assert device.problem == "the driver does not give access to this GPU"
