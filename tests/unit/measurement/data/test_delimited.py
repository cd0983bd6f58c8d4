from __future__ import annotations

import contextlib
import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.errors import UnknownNameError, UsageError
from tests.support.data_sets import Inspect


def test_missing_values_are_counted_by_column(inspected: Inspect) -> None:
    report = inspected("a.csv", "a,b,c\n1,,x\n2,NA,\nnan,q,y\n")
    assert {c.name: c.missing for c in report.columns} == {"a": 1, "b": 2, "c": 1}


def test_columns_are_numbers_words_texts_or_mixed(inspected: Inspect) -> None:
    long = "one two three four five six"
    report = inspected("a.csv", f"n,w,t,m,e\n1,x,{long},1,\n-2.5e3,y z,{long},one,\n")
    assert [c.kind for c in report.columns] == ["number", "word", "text", "mixed", "empty"]
    assert [c.numbers for c in report.columns] == [2, 0, 0, 1, 0]


def test_broken_rows_are_named_by_their_line(inspected: Inspect) -> None:
    report = inspected("a.csv", 'a,b\n1,2\n\n"p\nq",3\n4\n5,6,7\n8,9\n')
    assert report.samples == 3
    assert report.faults == 2
    assert [(f.place, f.reason) for f in report.first_faults] == [
        ("a.csv, line 6", "1 cells where 2 are expected"),
        ("a.csv, line 7", "3 cells where 2 are expected"),
    ]


def test_broken_rows_beyond_the_first_are_counted(inspected: Inspect) -> None:
    report = inspected("a.csv", "a,b\n" + "1,2\n3\n" * 50)
    assert (report.samples, report.faults, len(report.first_faults)) == (50, 50, 10)


def test_bytes_that_are_no_utf8_are_kept_apart_and_named(inspected: Inspect) -> None:
    report = inspected("a.csv", b"a,b\n1,\xe9\n1,\xe8\n1,\xe9\nbroken\xe9\n")
    assert report.duplicates.exact == 1
    assert report.first_faults[0].place == "a.csv, line 2"
    assert report.faults == 5  # four lines, one of them with too few cells


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(inspected: Inspect, separator: str) -> None:
    rows = ["a,b,c", "1,2,3", "1,2,4"]
    report = inspected("a.csv", "\n".join(row.replace(",", separator) for row in rows))
    assert [c.name for c in report.columns] == ["a", "b", "c"]


def test_utf16_compressed_and_marked_files_read_alike(inspected: Inspect) -> None:
    text = "a,b\n1,é\n1,é\n"
    for name, content in (
        ("a.csv", text.encode("utf-16")),
        ("b.csv", text.encode("utf-8-sig")),
        ("c.csv.gz", gzip.compress(text.encode())),
    ):
        report = inspected(name, content)
        assert [c.name for c in report.columns] == ["a", "b"]
        assert (report.samples, report.duplicates.exact, report.faults) == (2, 1, 0)


def test_names_that_are_missing_or_repeated_are_told_apart(inspected: Inspect) -> None:
    report = inspected("a.csv", "a,,a\n1,2,3\n")
    assert [c.name for c in report.columns] == ["a", "column 2", "a (2)"]


def test_a_first_row_of_numbers_is_doubted(inspected: Inspect) -> None:
    assert any("--no-header" in note for note in inspected("a.csv", "1,2\n3,4\n").notes)
    assert inspected("a.csv", "1,2\n3,4\n", header=False).samples == 2


def test_an_open_quote_is_reported(inspected: Inspect) -> None:
    report = inspected("a.csv", 'a,b\n1,"x\n2,y\n')
    assert "quotation" in report.first_faults[0].reason


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\n\n", "no rows"),
        (b"a,b\n", "no sample"),
        (b"a\x00b\xff" * 50, "binary"),
        (b"a,b\n" + b"x" * (34 << 20) + b",1\n", "longer than 16 MiB"),
        (b"label\nx\n", "no column is left to compare"),
    ],
    ids=["empty", "blank", "header only", "binary", "endless row", "only labels"],
)
def test_what_cannot_be_read_says_why(inspected: Inspect, content: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        inspected("a.csv", content)


@pytest.mark.parametrize("option", [{"label": "nosuch"}, {"ignored": ("nosuch",)}])
def test_an_unknown_column_lists_the_choices(inspected: Inspect, option: dict[str, str]) -> None:
    with pytest.raises(UnknownNameError, match="Choices: a, b"):
        inspected("a.csv", "a,b\n1,2\n", **option)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_report_or_a_message(inspected: Inspect, content: bytes) -> None:
    samples = 1
    with contextlib.suppress(UsageError):
        samples = inspected("a.csv", content).samples
    assert samples > 0
