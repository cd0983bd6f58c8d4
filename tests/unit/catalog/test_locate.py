"""Profiles are found beside the package, and the user's own win."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.catalog import locate
from advisor.errors import CatalogError


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    monkeypatch.setattr(locate, "built_in_folder", lambda: shipped)
    monkeypatch.setattr(locate, "user_folder", lambda: own)
    for folder in (shipped, own):
        (folder / "hardware").mkdir(parents=True)
    return shipped / "hardware", own / "hardware"


def test_user_file_of_the_same_stem_wins(folders: tuple[Path, Path]) -> None:
    shipped, own = folders
    for path in (shipped / "b.toml", shipped / "a.toml", own / "b.json", own / "c.toml"):
        path.touch()
    found = locate.profile_files("hardware")
    assert dict(found) == {"a": shipped / "a.toml", "b": own / "b.json", "c": own / "c.toml"}
    assert list(found) == ["a", "b", "c"]


def test_other_files_are_passed_over(folders: tuple[Path, Path]) -> None:
    for name in ("notes.md", ".a.toml", "a.toml~"):
        (folders[0] / name).touch()
    assert not locate.profile_files("hardware")


def test_two_files_of_one_stem_in_a_folder_are_refused(folders: tuple[Path, Path]) -> None:
    for name in ("a.toml", "a.json"):
        (folders[0] / name).touch()
    with pytest.raises(CatalogError, match=r"a\.toml: a\.json has the same name"):
        locate.profile_files("hardware")


def test_absent_folders_hold_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locate, "built_in_folder", lambda: tmp_path / "none")
    monkeypatch.setattr(locate, "user_folder", lambda: tmp_path / "none")
    assert not locate.profile_files("workloads")


def test_packaged_profiles_come_before_a_folder_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "advisor"
    (tmp_path / "profiles").mkdir()
    monkeypatch.setattr(locate, "_PACKAGE", package)
    assert locate.built_in_folder() == tmp_path / "profiles"
    (package / "_profiles").mkdir(parents=True)
    assert locate.built_in_folder() == package / "_profiles"
