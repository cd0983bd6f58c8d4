"""`advisor data` as a user runs it, on real digits with duplicates put in."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.support.command import advisor, document
from tests.support.data_sets import digits_rows, write_digits


def test_digits_with_a_known_share_of_duplicates(tmp_path: Path) -> None:
    rows = digits_rows()
    repeated, relabelled = rows[100:400], [(*row[:-1], (row[-1] + 1) % 10) for row in rows[:25]]
    write_digits(tmp_path / "digits.csv", [*rows, *repeated, *relabelled])
    found = document("data", "digits.csv", "--json", cwd=tmp_path)
    already = len(rows) - len({row[:-1] for row in rows})
    assert found["samples"] == len(rows) + 325
    assert found["duplicates"]["exact"] == already + 325
    assert found["duplicates"]["conflicting_groups"] == 25
    counts = Counter(str(row[-1]) for row in [*rows, *repeated, *relabelled])
    assert found["labels"]["counts"] == dict(counts)
    assert found["size_bytes"] == (tmp_path / "digits.csv").stat().st_size


def test_the_table_names_what_the_document_holds(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\x1b[31m,label\n1,a\n1,b\n,a\n4\n")
    ran = advisor("data", "a.csv", cwd=tmp_path)
    assert ran.returncode == 0
    assert ran.stderr == ""
    assert "x\\u001b[31m" in ran.stdout
    assert "\x1b" not in ran.stdout
    assert "1 (33.33%)" in ran.stdout  # of three samples one is a duplicate
    assert "a.csv, line 5: 1 cells where 2 are expected" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nothing.csv"], "no such file"),
        (["a.csv", "--label", "colour"], "Choices: label, x"),
        (["a.csv", "--similarity", "7"], "from 0.5 to 1"),
        (["a.xlsx"], "known: CSV"),
    ],
)
def test_wrong_use_exits_2_and_says_why(tmp_path: Path, arguments: list[str], says: str) -> None:
    (tmp_path / "a.csv").write_text("x,label\n1,a\n")
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    ran = advisor("data", *arguments, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert says in ran.stderr


def test_a_library_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,label\n1,a\n")
    program = (
        "import sys\nsys.modules['rensa'] = None\n"
        "from advisor.cli.main import run\n"
        "sys.exit(run(['data', 'a.csv'], lambda *_: 0))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert "needs rensa" in ran.stderr
    assert "advisor[data]" in ran.stderr


def test_progress_is_shown_on_a_terminal_and_an_interrupt_ends_it(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n * 7},{n % 13}\n" for n in range(2_000_000))
    (tmp_path / "large.csv").write_text("a,b,label\n" + rows)
    reader, writer = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "advisor", "data", "large.csv"],
        cwd=tmp_path, stderr=writer, stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    os.close(writer)
    seen, deadline = b"", time.monotonic() + 60
    while b"samples" not in seen and time.monotonic() < deadline:
        seen += os.read(reader, 1000)
    assert b"reading: " in seen
    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=30) == 130
    assert child.communicate()[0] == b""
    os.close(reader)
    assert [each.name for each in tmp_path.iterdir()] == ["large.csv"]
