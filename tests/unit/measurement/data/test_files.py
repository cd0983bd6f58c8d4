from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from advisor.errors import UnknownNameError, UsageError
from advisor.measurement.data.inspection import Options, inspect
from advisor.measurement.data.report import DataReport
from advisor.measurement.data.samples import shingles
from tests.support.data_sets import picture


def inspected(path: Path, **options: str) -> DataReport:
    return inspect(path, Options(label=options.get("label")), lambda text, fraction: None)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Six pictures in two classes, an equal file, a recompressed one and two that are broken."""
    for seed in range(6):
        folder = tmp_path / ("cats" if seed < 4 else "dogs")
        folder.mkdir(exist_ok=True)
        picture(seed).save(folder / f"{seed}.png")
    (tmp_path / "dogs" / "copy.png").write_bytes((tmp_path / "cats" / "0.png").read_bytes())
    picture(1).resize((80, 80)).save(tmp_path / "cats" / "smaller.jpg", quality=60)
    (tmp_path / "cats" / "text.png").write_text("no picture")
    whole = (tmp_path / "cats" / "2.png").read_bytes()
    (tmp_path / "cats" / "cut.png").write_bytes(whole[: len(whole) // 2])
    return tmp_path


def test_an_image_folder_counts_equal_alike_and_broken_images(images: Path) -> None:
    report = inspected(images)
    assert (report.samples, report.duplicates.exact, report.duplicates.near) == (8, 1, 1)
    assert report.duplicates.exact_examples[0].sample == str(Path("dogs", "copy.png"))
    assert report.duplicates.near_examples[0].sample == str(Path("cats", "smaller.jpg"))
    assert {Path(fault.place).name for fault in report.first_faults} == {"text.png", "cut.png"}


def test_folders_of_images_are_the_labels(images: Path) -> None:
    report = inspected(images)
    assert report.labels is not None
    assert report.labels.counts == {"cats": 5, "dogs": 3}
    assert report.duplicates.conflicting_groups == 1
    with pytest.raises(UnknownNameError, match="Choices: folder"):
        inspected(images, label="species")


def test_an_image_too_large_to_decode_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(0).save(tmp_path / "a.png")
    Image.new("L", (64, 64)).save(tmp_path / "b.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 64 * 64)
    report = inspected(tmp_path)
    assert (report.samples, report.faults) == (1, 1)


def test_a_folder_of_texts_has_a_sample_a_file(tmp_path: Path) -> None:
    for name, text in (("pos/a", "good film"), ("pos/b", "good film"), ("neg/c", "bad film")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.txt").write_text(text)
    (tmp_path / "neg" / "d.txt").write_bytes(b"\0\1")
    (tmp_path / "neg" / "e.txt").write_text(" ")
    report = inspected(tmp_path)
    assert (report.samples, report.duplicates.exact, report.faults) == (3, 1, 2)
    assert report.labels is not None
    assert report.labels.counts == {"pos": 2, "neg": 1}


def test_unknown_formats_list_those_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    for path in (tmp_path / "a.xlsx", tmp_path):
        with pytest.raises(UsageError, match=r"known: CSV \(\.csv"):
            inspected(path)


def test_paths_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        inspected(tmp_path / "nothing.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UsageError, match="neither a file nor a folder"):
        inspected(tmp_path / "pipe.csv")


def test_shingles_are_pairs_of_words_without_case_and_punctuation() -> None:
    assert shingles("The cat, the CAT!") == ("the cat", "cat the", "the cat")
    assert shingles("你好吗") == ("你 好", "好 吗")
    assert shingles("one") == ("one",)
    assert shingles("") == ()


def test_stopping_leaves_no_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")

    def stop(text: str, fraction: float) -> None:
        assert list(scratch.iterdir())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        inspect(tmp_path / "a.csv", Options(), stop)
    assert list(scratch.iterdir()) == []


def test_names_that_are_no_utf8_are_written_out(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff"))
    folder.mkdir()
    (folder / "a.txt").write_text("one")
    (folder / "b.txt").write_text("one")
    report = inspected(folder)
    assert report.path.endswith("bad\\xff")
    assert msgspec.json.encode(report)
