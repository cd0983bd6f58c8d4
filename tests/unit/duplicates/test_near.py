from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from advisor.duplicates.near import Likeness, SignatureStore, minhash, perceptual


def alike(folder: Path, likeness: Likeness, signatures: npt.NDArray[np.uint16]) -> list[int]:
    store = SignatureStore(folder, likeness)
    for start in range(0, len(signatures), 100):
        store.add(signatures[start : start + 100])
    flags, _ = store.alike_an_earlier(np.ones(len(signatures), np.bool_), lambda fraction: None)
    found: list[int] = np.flatnonzero(flags).tolist()
    return found


def random_signatures(samples: int, width: int) -> npt.NDArray[np.uint16]:
    return np.random.default_rng(0).integers(0, 1 << 16, (samples, width), np.uint16)


def test_unlike_signatures_are_not_flagged(tmp_path: Path) -> None:
    assert alike(tmp_path, minhash(0.8, 128), random_signatures(500, 128)) == []


def test_the_later_of_two_alike_is_flagged(tmp_path: Path) -> None:
    signatures = random_signatures(300, 128)
    signatures[250] = signatures[3]
    signatures[250, ::10] += 1  # 13 of 128 hashes differ: similarity 0.898
    assert alike(tmp_path, minhash(0.8, 128), signatures) == [250]


def test_what_is_less_alike_than_asked_is_not_flagged(tmp_path: Path) -> None:
    signatures = random_signatures(300, 128)
    signatures[250] = signatures[3]
    signatures[250, :30] += 1  # similarity 0.766, with whole bands in common
    assert alike(tmp_path, minhash(0.8, 128), signatures) == []


@pytest.mark.parametrize(("bits", "flagged"), [(4, [1]), (5, [])])
def test_images_differ_by_bits_wherever_they_are(
    tmp_path: Path, bits: int, flagged: list[int]
) -> None:
    first = random_signatures(1, 8)[0] & 0xFF
    second = first.copy()
    second[:bits] ^= 1  # one bit in each of so many bytes: the worst case for bands
    assert alike(tmp_path, perceptual(), np.stack([first, second])) == flagged


def test_samples_left_out_are_neither_flagged_nor_compared_with(tmp_path: Path) -> None:
    store = SignatureStore(tmp_path, minhash(0.8, 128))
    store.add(np.repeat(random_signatures(1, 128), 3, axis=0))
    flags, examples = store.alike_an_earlier(np.array([False, True, True]), lambda fraction: None)
    assert flags.tolist() == [False, False, True]
    assert examples == ((2, 1),)


def test_ten_thousand_alike_samples_take_no_quadratic_time(tmp_path: Path) -> None:
    signatures = np.repeat(random_signatures(1, 128), 10_000, axis=0)
    assert len(alike(tmp_path, minhash(0.8, 128), signatures)) == 9_999
