"""The GPU benchmark's one command, tried on the processor from end to end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.gpu import main


def test_the_command_measures_survives_and_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--output", str(tmp_path), "--device", "cpu", "--hardware", "cpu-2vcpu"]
    assert main([*given, "--repeats", "2", "--cases", "2"]) == 0
    report = capsys.readouterr().out
    assert "| small_convolutions × 4 forward channels-last | latency s |" in report
    assert "enormous forward as it came, latency s: out of memory" in report
    assert report == (tmp_path / "report.md").read_text()
    assert (tmp_path / "rows.csv").read_text().count("small_convolutions") == 5
