"""Signatures of sets of tokens: MinHash, by the rensa library."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import rensa

PERMUTATIONS = 128
_SEED = 42
_SETS_AT_ONCE = 512
_SPREAD = np.uint32(2654435769)
"""2^32 over the golden ratio: brings every bit of a hash to bear on its upper half."""


def minhashes(tokens: Sequence[Sequence[str]]) -> npt.NDArray[np.uint16]:
    """Of each set, 16 bits of each of its hashes, shape (sets, PERMUTATIONS).

    A few sets at a time stay in the cache.
    """
    packed = []
    for start in range(0, len(tokens), _SETS_AT_ONCE):
        sets = tokens[start : start + _SETS_AT_ONCE]
        matrix = rensa.RMinHash.digest_matrix_from_token_sets(sets, PERMUTATIONS, _SEED)
        packed += [array("I", row).tobytes() for row in matrix.to_rows()]
    hashes = np.frombuffer(b"".join(packed), np.uint32).reshape(-1, PERMUTATIONS)
    signatures: npt.NDArray[np.uint16] = (hashes * _SPREAD >> np.uint32(16)).astype(np.uint16)
    return signatures
