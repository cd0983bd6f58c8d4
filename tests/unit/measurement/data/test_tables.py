"""What holds of every table: labels, duplicates, identifiers, whatever the format."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from advisor.errors import UsageError
from advisor.measurement.data.inspection import Options, inspect
from advisor.measurement.data.report import DataReport
from tests.support.data_sets import Inspect


def parquet(folder: Path, columns: dict[str, object]) -> DataReport:
    pq.write_table(pa.table(columns), folder / "a.parquet")
    return inspect(folder, Options(), lambda text, fraction: None)


def test_equal_samples_with_two_labels_are_in_conflict(inspected: Inspect) -> None:
    report = inspected("a.csv", "x,label\n1,cat\n1,dog\n1,cat\n2,cat\n2,cat\n3,\n3,dog\n")
    assert report.duplicates.exact == 4
    assert report.duplicates.conflicting_groups == 1
    assert report.duplicates.conflicting_samples == 3


def test_balance_is_counted_by_class(inspected: Inspect) -> None:
    report = inspected("a.csv", "x,Target\n" + "1,a\n" * 6 + "2,b\n" * 2 + "3,\n")
    labels = report.labels
    assert labels is not None
    assert (labels.column, labels.counts, labels.unlabelled) == ("Target", {"a": 6, "b": 2}, 1)
    assert (labels.imbalance, labels.surplus) == (3.0, 0.25)
    assert labels.effective_classes == pytest.approx(1.7548, abs=1e-4)


def test_a_label_is_asked_for_by_name(inspected: Inspect) -> None:
    report = inspected("a.csv", "x,species,label\n1,a,0\n2,b,0\n", label="species")
    assert report.labels is not None
    assert report.labels.counts == {"a": 1, "b": 1}


def test_amounts_are_no_classes(inspected: Inspect) -> None:
    report = inspected("a.csv", "x,target\n" + "".join(f"{i},{i / 7}\n" for i in range(200)))
    assert report.labels is not None
    assert (report.labels.counts, report.labels.imbalance) == (None, None)


def test_without_a_label_the_balance_is_unknown(inspected: Inspect) -> None:
    report = inspected("a.csv", "x,q\n1,2\n")
    assert report.labels is None
    assert any("--label" in note for note in report.notes)


def test_identifiers_do_not_keep_samples_apart(inspected: Inspect) -> None:
    report = inspected("a.csv", "id,x,y1\n1,5,6\n2,5,6\n3,5,7\n")
    assert report.duplicates.exact == 1
    assert inspected("a.csv", "k,x\n1,5\n2,5\n").duplicates.exact == 0
    assert inspected("a.csv", "k,x\n1,5\n2,5\n", ignored=("k",)).duplicates.exact == 1


@pytest.mark.parametrize("rows", ["1:x,y\n1,:x y\n", "a\x1fb,c\na,b\x1fc\n", ",1\n1,\n"])
def test_cells_that_join_to_the_same_text_are_not_equal(inspected: Inspect, rows: str) -> None:
    assert inspected("a.csv", "p,q\n" + rows).duplicates.exact == 0


def test_texts_that_differ_in_a_word_of_thirty_are_near(inspected: Inspect) -> None:
    words = [f"word{n}" for n in range(30)]
    changed = [*words[:12], "other", *words[13:]]
    shuffled = words[::-1]
    report = inspected("a.txt", "\n".join(" ".join(w) for w in (words, changed, shuffled)))
    assert (report.duplicates.exact, report.duplicates.near) == (0, 1)
    assert report.duplicates.near_examples[0].sample == "sample 2"
    assert report.duplicate_fraction.expected == pytest.approx(1 / 3)


def test_rows_of_a_table_that_are_near_only_widen_the_range(inspected: Inspect) -> None:
    row = list(range(20))
    rows = [row, [99, *row[1:]], [n + 50 for n in row]]
    names = ",".join(f"c{n}" for n in row)
    text = "\n".join([names, *(",".join(map(str, r)) for r in rows)])
    share = inspected("a.csv", text).duplicate_fraction
    assert (share.low, share.expected) == (0.0, 0.0)
    assert share.high == pytest.approx(1 / 3)
    assert inspected("a.csv", text, similarity=None).duplicates.near is None


def test_parquet_of_every_kind_of_value(tmp_path: Path) -> None:
    columns = {
        "i": [1, 1, None], "f": [1.5, 1.5, float("nan")], "d": [date(2026, 1, 1)] * 3,
        "l": [[1, 2], [1, 2], None], "b": [b"\xff", b"\xff", b"\x00"], "s": ["é", "é", ""],
        "n": pa.nulls(3), "label": pa.array(["x", "y", None]).dictionary_encode(),
    }  # fmt: skip
    report = parquet(tmp_path, columns)
    assert report.duplicates.exact == report.duplicates.conflicting_groups == 1
    missing = {c.name: c.missing for c in report.columns}
    assert missing == {"i": 1, "f": 1, "d": 0, "l": 1, "b": 0, "s": 1, "n": 3, "label": 1}


def test_parts_in_a_folder_are_one_data_set(tmp_path: Path) -> None:
    for part in range(3):
        (tmp_path / f"part{part}.csv").write_text("x,y\n1,2\n3,4\n")
    (tmp_path / "README.pdf").write_bytes(b"%PDF")
    report = inspect(tmp_path, Options(), lambda text, fraction: None)
    assert (report.files, report.samples, report.duplicates.exact) == (3, 6, 4)
    assert any("1 files of other formats" in note for note in report.notes)


def test_a_report_does_not_depend_on_when_it_is_made(inspected: Inspect) -> None:
    content = "x,label\n1,a\n1,b\n2,a\n"
    assert inspected("a.csv", content) == inspected("a.csv", content)


def test_broken_parquet_says_so(inspected: Inspect) -> None:
    with pytest.raises(UsageError, match="cannot be read as Parquet"):
        inspected("a.parquet", b"PAR1 and nothing else")
