"""Catalogues as a whole: the user's folder, broken files, unknown names."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.catalog import load
from advisor.errors import CatalogError, UnknownNameError

WORKLOAD = """
title = "Mine"
domain = "tests"
[serving]
requests_per_month = 1000
"""
BROKEN = [
    ("title = ", "mine.toml: Invalid value"),
    ("title = " + "9" * 5000, "mine.toml: Exceeds the limit"),
    ("title = " + "[" * 5000, "mine.toml: "),
    ("title = 'x'\ntitle = 'y'", "mine.toml: Cannot overwrite a value"),
    (WORKLOAD + "batch_size = 0", "mine.toml: serving.batch_size: Expected `int` >= 1, got 0"),
    (WORKLOAD + "requests = 1", "mine.toml: serving.requests: unknown key; allowed: requests_per"),
    (WORKLOAD + "peak_to_mean = inf", "serving.peak_to_mean: Expected a finite number, got inf"),
    (WORKLOAD + "requests_per_mont = 1", "did you mean 'requests_per_month'?"),
    (WORKLOAD + "batch_sze = 1", "did you mean 'batch_size'?"),
    ("id = 'other'" + WORKLOAD, "mine.toml: id: unknown key"),
    ("title = 'Mine'\ndomain = 'tests'", "mine.toml: serving: missing; required by Workload"),
    (WORKLOAD + "[people_fte]\nboss = -1", "people_fte.boss: Expected `float` >= 0.0, got -1"),
    (WORKLOAD + "[quality]\nmax_drop = 1.5", "quality.max_drop: Expected `float` <= 1.0, got 1.5"),
]


@pytest.fixture
def workloads_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "advisor" / "profiles" / "workloads"
    folder.mkdir(parents=True)
    load.workloads.cache_clear()
    yield folder
    load.workloads.cache_clear()


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="XDG folders are those of Linux")


def test_user_profile_is_added_under_the_name_of_its_file(workloads_folder: Path) -> None:
    (workloads_folder / "mine.toml").write_text(WORKLOAD)
    mine = load.workload_by_id("mine")
    assert (mine.id, mine.title, mine.serving.requests_per_month) == ("mine", "Mine", 1000)
    assert "chat-serving" in load.workloads()


def test_user_profile_replaces_ours(workloads_folder: Path) -> None:
    (workloads_folder / "chat-serving.toml").write_text(WORKLOAD)
    assert load.workload_by_id("chat-serving").title == "Mine"


def test_json_is_read_too(workloads_folder: Path) -> None:
    text = '{"title": "J", "domain": "tests", "serving": {"requests_per_month": 5}}'
    (workloads_folder / "mine.json").write_text(text)
    assert load.workload_by_id("mine").serving.requests_per_month == 5


@pytest.mark.parametrize(("text", "message"), BROKEN, ids=[each[1][:50] for each in BROKEN])
def test_one_broken_file_stops_the_catalogue(
    workloads_folder: Path, text: str, message: str
) -> None:
    (workloads_folder / "mine.toml").write_text(text)
    with pytest.raises(CatalogError) as caught:
        load.workloads()
    assert str(caught.value).startswith(str(workloads_folder))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b'{"title": ', b"[1]", b"[" * 100_000],
    ids=["not utf-8", "cut", "array", "deep"],
)
def test_file_that_is_not_text_is_named(workloads_folder: Path, content: bytes) -> None:
    path = workloads_folder / "mine.json"
    path.write_bytes(content)
    with pytest.raises(CatalogError, match=str(path)):
        load.workloads()


def test_folder_in_place_of_a_file_is_named(workloads_folder: Path) -> None:
    (workloads_folder / "mine.toml").mkdir()
    with pytest.raises(CatalogError, match=r"mine\.toml"):
        load.workloads()


def test_unknown_name_lists_the_choices_and_the_origin() -> None:
    with pytest.raises(UnknownNameError) as caught:
        load.hardware_by_id("h100-smx", origin="--hardware")
    assert "'h100-smx' (from --hardware)" in str(caught.value)
    assert "Did you mean 'h100-sxm'?" in str(caught.value)
    assert "cpu-2vcpu" in str(caught.value)


def test_catalogue_is_read_once_and_cannot_be_changed() -> None:
    assert load.price_lists() is load.price_lists()
    with pytest.raises(TypeError):
        load.price_lists()["mine"] = None  # type: ignore[index]  # what is tested is the refusal


def test_catalog_does_not_import_what_is_heavy() -> None:
    code = (
        "import sys, advisor.catalog.load, advisor.catalog.override;"
        "advisor.catalog.load.hardware();"
        "print([m for m in ('torch','textual','numpy','transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
