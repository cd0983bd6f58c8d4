"""Samples in memory, compared as those of a file are."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from advisor.duplicates.arrays import repeats

DRAWN = np.random.default_rng(0)
ROWS = DRAWN.normal(size=(6, 3)).astype(np.float32)
TOKENS = DRAWN.integers(0, 50_000, (6, 200))
PICTURES = DRAWN.random((6, 1, 32, 32), np.float32)


def again(samples: npt.NDArray[Any], change: float = 0) -> npt.NDArray[Any]:
    """With the second sample once more at the end, its last value moved."""
    more = np.concatenate([samples, samples[1:2]])
    more.reshape(len(more), -1)[-1, -1] += change
    return more


@pytest.mark.parametrize("samples", [ROWS, TOKENS, PICTURES])
@pytest.mark.parametrize("near", [False, True])
def test_what_is_equal_is_found_whatever_it_holds(samples: npt.NDArray[Any], near: bool) -> None:
    found = repeats([again(samples)], near=near)
    assert found.exact.tolist() == [False] * 6 + [True]
    assert found.kept.tolist() == list(range(6))


@pytest.mark.parametrize(("samples", "change"), [(TOKENS, 7), (PICTURES, 0.01)])
def test_alike_pictures_and_sequences_are_found_where_asked_for(
    samples: npt.NDArray[Any], change: float
) -> None:
    more = again(samples, change)
    found = repeats([more], near=True)
    assert not found.exact.any()
    assert found.near.tolist() == [False] * 6 + [True]
    assert found.criterion is not None
    assert repeats([more], near=False).kept.tolist() == list(range(7))


def test_rows_of_numbers_and_several_arrays_are_only_ever_equal() -> None:
    assert repeats([again(ROWS, 1e-6)], near=True).criterion is None
    apart = np.arange(7).reshape(7, 1)
    assert repeats([again(TOKENS), apart], near=True).kept.tolist() == list(range(7))
