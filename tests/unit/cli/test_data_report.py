from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

import msgspec
import pytest

from advisor.cli._arguments import add_scenario, options
from advisor.errors import UsageError
from advisor.measurement.data.report import DataReport, Duplicates

REPORT = DataReport(
    "rows.csv", "CSV", 1, 2_000_000, 1797, (), Duplicates(0, 0, "", 0, 0), None, 0, (), ()
)


def settings(*words: str) -> tuple[str, ...]:
    parser = ArgumentParser()
    add_scenario(parser)
    return options(parser.parse_args(words)).settings


def test_a_report_becomes_settings_that_the_command_line_overrides(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(msgspec.json.encode(REPORT))
    assert settings("--set", "training.samples=5", "--data-report", str(file)) == (
        "training.samples=1797",
        "data.stored_gb=0.002",
        "data.duplicate_fraction={ low = 0, expected = 0, high = 0 }",
        "training.samples=5",
    )


def test_without_a_report_nothing_is_set() -> None:
    assert settings() == ()


def test_a_report_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.json"):
        settings("--data-report", str(tmp_path / "nothing.json"))


def test_a_data_set_is_read_where_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("a,b\n1,2\n1,2\n3,4\n5,6\n")
    found = settings("--data", str(file))
    assert found[0] == "training.samples=4"
    assert "low = 0.25" in found[2]


def test_a_data_set_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.csv"):
        settings("--data", str(tmp_path / "nothing.csv"))


def test_data_and_a_report_of_it_are_not_both_taken(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give one of them"):
        settings("--data", "rows.csv", "--data-report", "report.json")
