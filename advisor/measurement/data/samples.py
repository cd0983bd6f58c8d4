"""From the columns of a chunk to what is compared: digests of samples, and their MinHashes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from advisor.duplicates.digests import digests
from advisor.duplicates.token_sets import minhashes
from advisor.measurement.data.columns import PROSE_WORDS, words

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|\w+")
"""A run of letters and digits; of scripts without spaces each character."""
Tokens = tuple[str, ...]


def is_prose(column: pa.Array) -> bool:
    present = len(column) - column.null_count
    return bool(present) and words(column) >= PROSE_WORDS * present


class SampleReader:
    """Numbers the columns as they appear, so that one that is absent equals one left empty."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._prose: dict[str, bool] = {}

    def cells(self, columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
        """`3:5=value` for a value of 5 bytes in the third column: no two rows join to one text."""
        for name in columns:
            self._numbers.setdefault(name, len(self._numbers))
        found = {}
        for name in sorted(columns, key=self._numbers.__getitem__):
            column = columns[name]
            length = pc.binary_length(column).cast(pa.large_string())
            prefix = pa.scalar(f"{self._numbers[name]}:", pa.large_string())
            equals, nothing = (pa.scalar(each, pa.large_string()) for each in ("=", ""))
            found[name] = pc.binary_join_element_wise(prefix, length, equals, column, nothing)
        return found

    def digests(self, cells: Mapping[str, pa.Array], samples: int) -> npt.NDArray[np.uint64]:
        """Of all values of a sample; shape (samples, 2)."""
        if not cells:
            return digests([b""] * samples)
        # Arrow forgets the length where there is nothing at all to join: hence the start.
        start, nothing = (pa.scalar(each, pa.large_string()) for each in (";", ""))
        joined = pc.binary_join_element_wise(start, *cells.values(), nothing, null_handling="skip")
        return digests(joined.cast(pa.large_binary()).to_pylist())

    def signatures(
        self, columns: Mapping[str, pa.Array], cells: Mapping[str, pa.Array]
    ) -> npt.NDArray[np.uint16]:
        """MinHash of each sample, shape (samples, PERMUTATIONS), 16 bits of each hash.

        The set that is hashed holds the pairs of neighbouring words of columns of prose, and each
        cell of the others.
        """
        plain: list[Sequence[str | None]] = []
        prose: list[Sequence[str | None]] = []
        for name, column in columns.items():
            if name not in self._prose:
                self._prose[name] = is_prose(column)
            if self._prose[name]:
                prose.append(column.to_pylist())
            else:
                plain.append(cells[name].fill_null(f"{self._numbers[name]}:").to_pylist())
        tokens: list[Sequence[str]] = list(zip(*plain, strict=True)) if plain else []
        for texts in prose:
            shingled = [shingles(text or "") for text in texts]
            tokens = (
                [(*left, *right) for left, right in zip(tokens, shingled, strict=True)]
                if tokens
                else list(shingled)
            )
        return minhashes(tokens)


def shingles(text: str) -> Tokens:
    """Each two neighbouring words, whatever their case and the punctuation between them."""
    found = _WORD.findall(text.lower())
    return tuple(map(" ".join, pairwise(found))) if len(found) > 1 else tuple(found)
