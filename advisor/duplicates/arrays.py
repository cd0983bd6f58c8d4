"""Samples that lie in memory as arrays, compared as those of a file are.

Pictures are alike by their perceptual hash, sequences of tokens by the pairs of neighbouring ones,
as words of a text are; of other arrays only equal ones repeat each other.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from advisor.duplicates import DEFAULT_SIMILARITY
from advisor.duplicates.digests import digests
from advisor.duplicates.exact import DigestStore, Flags
from advisor.duplicates.near import Likeness, SignatureStore, minhash, perceptual

if TYPE_CHECKING:
    from PIL import Image

Signed = tuple[npt.NDArray[np.uint16], Likeness]
_COLOURS = {1, 3}


@dataclass(frozen=True)
class Repeats:
    """Flags of shape (samples,): which are equal to an earlier one, and which are only alike one.

    `criterion` says when two are alike; None where only equal ones were looked for.
    """

    exact: Flags
    near: Flags
    criterion: str | None

    @property
    def kept(self) -> npt.NDArray[np.intp]:
        """The samples that repeat none before them."""
        return np.flatnonzero(~(self.exact | self.near))


def repeats(arrays: Sequence[npt.NDArray[np.generic]], *, near: bool) -> Repeats:
    """Compare samples by all `arrays` together, each of shape (samples, ...).

    Alike ones are looked for where `near` and the only array holds pictures or tokens.
    """
    whole = zip(*(map(np.ndarray.tobytes, each) for each in arrays), strict=True)
    signed = _signatures(arrays[0]) if near and len(arrays) == 1 else None
    with tempfile.TemporaryDirectory(prefix="advisor-data-") as name:
        folder = Path(name)
        store = DigestStore(folder)
        store.add(digests(b"".join(each) for each in whole), np.zeros(len(arrays[0]), np.uint64))
        first = store.equal_samples().first
        if signed is None:
            return Repeats(~first, np.zeros(len(first), np.bool_), None)
        signatures, likeness = signed
        alike = SignatureStore(folder, likeness)
        alike.add(signatures)
        found, _ = alike.alike_an_earlier(first, lambda _: None)
    return Repeats(~first, found, likeness.criterion)


def _signatures(samples: npt.NDArray[np.generic]) -> Signed | None:
    if np.issubdtype(samples.dtype, np.integer) and samples.ndim == 2:
        from advisor.duplicates.token_sets import PERMUTATIONS, minhashes

        pairs = [list(map("{} {}".format, row, row[1:])) for row in samples.tolist()]
        return minhashes(pairs), minhash(DEFAULT_SIMILARITY, PERMUTATIONS)
    if samples.ndim == 4 and samples.shape[1] in _COLOURS:
        from advisor.duplicates.pictures import signature

        return np.stack([signature(each) for each in _pictures(samples)]), perceptual()
    return None


def _pictures(samples: npt.NDArray[np.generic]) -> list[Image.Image]:
    """Each of (samples, colours, height, width), its range stretched alike to that of a byte."""
    from PIL import Image

    values = samples.astype(np.float32)
    low, span = values.min(), np.ptp(values) or 1.0
    pixels = ((values - low) / span * 255).round().astype(np.uint8).transpose(0, 2, 3, 1)
    return [Image.fromarray(each[..., 0] if each.shape[-1] == 1 else each) for each in pixels]
