from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from advisor.errors import UsageError
from advisor.measurement.data.report import read_report
from advisor.measurement.data.workload import workload_settings
from tests.support.data_sets import Inspect


def test_a_report_reads_back_as_it_was_written(inspected: Inspect, tmp_path: Path) -> None:
    report = inspected("a.csv", "x,label\n1,a\n1,b\n2,a\n3\n")
    file = tmp_path / "report.json"
    file.write_bytes(msgspec.json.encode(report))
    assert read_report(file) == report


def test_a_report_gives_samples_and_storage(inspected: Inspect) -> None:
    report = inspected("a.csv", "x,y\n1,2\n3,4\n")
    assert workload_settings(report) == (
        "training.samples=2", "data.stored_gb=1.2e-08",
        "data.duplicate_fraction={ low = 0, expected = 0, high = 0 }", "data.packed_fraction=1",
    )  # fmt: skip


def test_a_table_of_like_values_packs(inspected: Inspect) -> None:
    colours = ("red", "green")
    rows = "".join(f"{each},{colours[each % 2]},a constant text\n" for each in range(4000))
    report = inspected("a.csv", "number,colour,text\n" + rows)
    assert report.packed_fraction is not None
    assert 0.01 < report.packed_fraction < 0.5


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"path": 3}', "\0"])
def test_no_report_says_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "r.json").write_text(content)
    with pytest.raises(UsageError, match=r"r\.json: no report"):
        read_report(tmp_path / "r.json")


def test_another_version_and_no_samples_are_refused(inspected: Inspect, tmp_path: Path) -> None:
    report = inspected("a.csv", "x,y\n1,2\n")
    file = tmp_path / "report.json"
    for change, says in (({"version": 2}, "version 2"), ({"samples": 0}, "samples is 0")):
        file.write_bytes(msgspec.json.encode({**msgspec.to_builtins(report), **change}))
        with pytest.raises(UsageError, match=says):
            read_report(file)
