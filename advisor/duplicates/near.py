"""Samples that are alike, found among those that share a band of their signatures.

Locality-sensitive hashing: each band of a signature becomes a key, and samples with a key in
common are compared. Keys are sorted band by band; each sample is compared with the first of its
key and with the few before it, so that time grows with n log n even where all keys are equal.
Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from advisor.duplicates.exact import KEPT_EXAMPLES, Flags

Signatures = npt.NDArray[np.uint16]
Numbers = npt.NDArray[np.intp]
_COMPARED_BEFORE = 4
_DIFFERENT_BITS = 4
_PAIRS_AT_ONCE = 1 << 16
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Likeness:
    """How signatures are compared.

    `alike` takes two arrays of shape (pairs, numbers) and returns flags of shape (pairs,).
    """

    bands: tuple[tuple[int, ...], ...]
    """Which numbers of a signature make up each band."""
    signature_width: int
    alike: Callable[[Signatures, Signatures], Flags]
    criterion: str


def minhash(similarity: float, permutations: int) -> Likeness:
    """At a Jaccard similarity of 0.8, 18 bands of 7 miss one pair in 60: (1 - 0.8^7)^18."""

    def alike(left: Signatures, right: Signatures) -> Flags:
        flags: Flags = (left == right).mean(axis=1) >= similarity
        return flags

    bands = tuple(tuple(range(start, start + 7)) for start in range(0, permutations - 6, 7))
    words = "Jaccard similarity of word pairs and cells, estimated by MinHash"
    return Likeness(bands, permutations, alike, f"{words}: {similarity:g} or more")


def perceptual() -> Likeness:
    """Hashes of 8 bytes, a number each. Up to 4 different bits leave 4 bytes, so 6 bands, equal.

    A picture encoded again or resized differs in 0 to 6 bits, nearly always in 4 at most, and two
    random pictures in 14 and more. Drawings with little in them come nearer: of 500 handwritten
    digits 12 are taken for repeats (`python -m tests.benchmarks.data_report`).
    """

    def alike(left: Signatures, right: Signatures) -> Flags:
        differing = np.unpackbits((left ^ right).view(np.uint8), axis=1).sum(axis=1)
        flags: Flags = differing <= _DIFFERENT_BITS
        return flags

    criterion = f"at most {_DIFFERENT_BITS} of the 64 bits of the perceptual hash differ"
    return Likeness(tuple(combinations(range(8), 2)), 8, alike, criterion)


class SignatureStore:
    """Keeps signatures and the keys of their bands in `folder`, on disk."""

    def __init__(self, folder: Path, likeness: Likeness) -> None:
        self.likeness = likeness
        self._signatures = folder / "signatures"
        self._keys = [folder / f"band-{band:02}" for band in range(len(likeness.bands))]

    def add(self, signatures: Signatures) -> None:
        """`signatures` of shape (samples, likeness.signature_width)."""
        with self._signatures.open("ab") as stream:
            stream.write(signatures.tobytes())
        for band, file in zip(self.likeness.bands, self._keys, strict=True):
            with file.open("ab") as stream:
                stream.write(_keys(signatures[:, band]).tobytes())

    def alike_an_earlier(
        self, among: Flags, progress: Callable[[float], None]
    ) -> tuple[Flags, tuple[tuple[int, int], ...]]:
        """Which of the samples in `among` are like one in it that comes before; some examples.

        `among` and the flags returned have shape (samples,).
        """
        shape = (len(among), self.likeness.signature_width)
        signatures = np.memmap(self._signatures, np.uint16, "r", shape=shape)
        numbers = np.flatnonzero(among)
        flagged = np.zeros(len(among), np.bool_)
        examples: dict[int, int] = {}
        for band, file in enumerate(self._keys):
            progress(band / len(self._keys))
            keys = np.fromfile(file, np.uint64)[numbers]
            for later, earlier in _candidates(keys, numbers, flagged):
                alike = self.likeness.alike(signatures[later], signatures[earlier])
                flagged[later[alike]] = True
                for pair in zip(later[alike].tolist(), earlier[alike].tolist(), strict=True):
                    examples.setdefault(*pair)
            examples = dict(sorted(examples.items())[:KEPT_EXAMPLES])
        return flagged, tuple(examples.items())


def _keys(band: Signatures) -> npt.NDArray[np.uint64]:
    """A hash of each row of `band`, shape (samples,)."""
    keys = np.zeros(len(band), np.uint64)
    for column in band.T:
        keys = (keys ^ column) * _MULTIPLIER
        keys ^= keys >> np.uint64(29)
    return keys


def _candidates(
    keys: npt.NDArray[np.uint64], numbers: Numbers, flagged: Flags
) -> Iterator[tuple[Numbers, Numbers]]:
    """Pairs of samples with a key in common, the later one not flagged yet."""
    order = np.argsort(keys, kind="stable")
    keys, numbers = keys[order], numbers[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    start_of = np.repeat(starts, np.diff(np.append(starts, len(keys))))
    places = np.arange(len(keys))
    crowded = places != start_of  # only these have any before them
    places, start_of = places[crowded], start_of[crowded]
    for step in range(_COMPARED_BEFORE + 1):
        others = start_of if step == 0 else places - step
        inside = others > start_of if step else np.ones(len(places), np.bool_)
        later, earlier = numbers[places[inside]], numbers[others[inside]]
        for start in range(0, len(later), _PAIRS_AT_ONCE):
            part = slice(start, start + _PAIRS_AT_ONCE)
            unknown = ~flagged[later[part]]
            if unknown.any():
                yield later[part][unknown], earlier[part][unknown]
