"""A file is written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from advisor.errors import ExportError, UnknownNameError
from advisor.export.exporter import exporter_by_name, exporters, write_whole


def _full_disk(descriptor: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_new_file_holds_what_was_given(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_whole(path, b"content")
    assert path.read_bytes() == b"content"
    assert [each.name for each in tmp_path.iterdir()] == ["plan.json"]


def test_an_existing_file_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"old")
    with pytest.raises(ExportError, match=r"plan\.json exists.*--force"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"


def test_an_existing_file_is_replaced_where_that_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"old")
    write_whole(path, b"new", overwrite=True)
    assert path.read_bytes() == b"new"


def test_a_link_to_nowhere_counts_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ExportError, match="exists"):
        write_whole(path, b"new")
    assert path.is_symlink()


def test_a_full_disk_leaves_nothing_behind_and_the_old_file_intact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", _full_disk)
    with pytest.raises(ExportError, match="was not written: No space left on device"):
        write_whole(path, b"new", overwrite=True)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["plan.json"]


def test_an_interrupt_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "plan.json", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"nowhere/plan\.json was not written"):
        write_whole(tmp_path / "nowhere" / "plan.json", b"new")


def test_a_folder_in_the_file_s_place_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.mkdir()
    with pytest.raises(ExportError):
        write_whole(path, b"new", overwrite=True)
    assert path.is_dir()
    assert [each.name for each in tmp_path.iterdir()] == ["plan.json"]


def test_a_file_is_readable_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "plan.json", b"content")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "plan.json").stat().st_mode) == 0o640


def test_an_unknown_format_is_refused_with_the_choices() -> None:
    with pytest.raises(UnknownNameError, match="json, markdown"):
        exporter_by_name("jsn", "--format")
    assert {"json", "markdown"} <= set(exporters())
