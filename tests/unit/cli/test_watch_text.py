"""What a watch prints: devices, the host, and the processes that the driver tells."""

from __future__ import annotations

import pytest

from advisor.cli.watch import _print
from advisor.telemetry.reading import DeviceReading, HostReading, ProcessReading, Telemetry
from advisor.telemetry.summary import summarise

HOST = HostReading(1, 2, 50.0, None, 2, 1, None)


def _summary(*processes: ProcessReading) -> None:
    device = DeviceReading(0, "GPU-a", "A GPU", utilisation_percent=40.0, processes=processes)
    _print(summarise([Telemetry(second, (device,), HOST) for second in (0.0, 5.0)]))


def test_each_process_has_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    _summary(ProcessReading(4242, 3 * 2**30, 35.0), ProcessReading(7))
    printed = capsys.readouterr().out
    assert "4242" in printed
    assert "100% of readings" in printed
    assert "3.0 GiB" in printed
    (of_the_other,) = (line for line in printed.splitlines() if line.split()[1:2] == ["7"])
    assert of_the_other.count("—") == 3  # known to run, and nothing else of it


def test_no_process_takes_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    _summary()
    assert "process" not in capsys.readouterr().out
