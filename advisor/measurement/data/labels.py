"""Which column holds the labels, and how often each class occurs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from advisor.duplicates.digests import short_digest
from advisor.errors import UnknownNameError
from advisor.measurement.data.report import Labels

LABEL_NAMES = ("label", "labels", "target", "class", "class_label", "y")
MOST_CLASSES = 10_000
"""With more different labels these are no classes but amounts or texts."""
_CLASSES_PER_SAMPLE = 0.2


def label_column(names: Collection[str], asked: str | None, known: str | None) -> str | None:
    """The column that was asked for, else `known`, else one of the usual names; None without.

    Raises UnknownNameError where the column asked for is not among `names`.
    """
    if asked is not None:
        if asked not in names:
            raise UnknownNameError("column", asked, names, "--label")
        return asked
    if known in names:
        return known
    by_folded = {name.casefold(): name for name in names}
    return next((by_folded[name] for name in LABEL_NAMES if name in by_folded), None)


class LabelCounter:
    def __init__(self, column: str) -> None:
        self.column = column
        self._counts: Counter[str] = Counter()
        self._labelled = 0
        self._too_many = False

    def add(self, labels: pa.Array) -> npt.NDArray[np.uint64]:
        """Count a chunk's labels and return a digest of each, 0 where one is missing."""
        encoded = labels.dictionary_encode()
        values = encoded.dictionary.to_pylist()
        places = encoded.indices.fill_null(len(values)).to_numpy()
        if not self._too_many:
            times = np.bincount(places, minlength=len(values) + 1)[: len(values)]
            self._counts.update(dict(zip(values, times.tolist(), strict=True)))
            self._too_many = len(self._counts) > MOST_CLASSES
        self._labelled += len(labels) - labels.null_count
        digests = [*(short_digest(value) for value in values), 0]
        found: npt.NDArray[np.uint64] = np.array(digests, np.uint64)[places]
        return found

    def labels(self, samples: int) -> Labels:
        distinct = len(self._counts)
        are_classes = (
            not self._too_many
            and distinct > 0
            and (distinct <= 20 or distinct <= _CLASSES_PER_SAMPLE * self._labelled)
        )
        counts = dict(sorted(self._counts.items(), key=lambda item: (-item[1], item[0])))
        unlabelled = samples - self._labelled
        return Labels(self.column, unlabelled, distinct, counts if are_classes else None)
