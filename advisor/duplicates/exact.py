"""Equal samples, found by sorting their digests. What does not fit in memory lies on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Digests = npt.NDArray[np.uint64]
_PARTITION_BITS = 4
"""Samples are sorted in 16 parts: 2 MB of memory for each million samples, and the flags' 1 MB."""
_RECORD = np.dtype([("high", "<u8"), ("low", "<u8"), ("label", "<u8"), ("sample", "<i8")])
_NO_LABEL = np.uint64(0)
KEPT_EXAMPLES = 5


@dataclass(frozen=True)
class EqualSamples:
    first: Flags
    """Shape (samples,): whether none before is equal."""
    conflicting_groups: int
    conflicting_samples: int
    examples: tuple[tuple[int, int], ...]
    """The number of a sample from 0, and of the first one that is equal."""


class DigestStore:
    """Keeps the digests of samples in `folder`, split by their first bits."""

    def __init__(self, folder: Path) -> None:
        self._files = [folder / f"digests-{part:02}" for part in range(1 << _PARTITION_BITS)]
        self.samples = 0

    def add(self, digests: Digests, labels: npt.NDArray[np.uint64]) -> None:
        """`digests` of shape (samples, 2); `labels` of shape (samples,), 0 where there is none."""
        records = np.empty(len(digests), _RECORD)
        records["high"], records["low"] = digests[:, 0], digests[:, 1]
        records["label"] = labels
        records["sample"] = np.arange(self.samples, self.samples + len(digests))
        self.samples += len(digests)
        parts = records["high"] >> np.uint64(64 - _PARTITION_BITS)
        records, parts = records[order := np.argsort(parts, kind="stable")], parts[order]
        bounds = np.searchsorted(parts, np.arange(len(self._files) + 1, dtype=np.uint64))
        for file, start, end in zip(self._files, bounds[:-1], bounds[1:], strict=True):
            if end > start:
                with file.open("ab") as stream:
                    stream.write(records[start:end].tobytes())

    def equal_samples(self) -> EqualSamples:
        first = np.ones(self.samples, np.bool_)
        groups = members = 0
        examples: list[tuple[int, int]] = []
        for records, starts in self._partitions():
            sizes = np.diff(np.append(starts, len(records)))
            repeats = np.ones(len(records), np.bool_)
            repeats[starts] = False
            first[records["sample"][repeats]] = False
            conflicts = _conflicting(records["label"], starts)
            groups += int(conflicts.sum())
            members += int(sizes[conflicts].sum())
            earlier = np.repeat(records["sample"][starts], sizes)
            pairs = zip(records["sample"][repeats], earlier[repeats], strict=True)
            examples = sorted([*examples, *((int(a), int(b)) for a, b in pairs)])[:KEPT_EXAMPLES]
        return EqualSamples(first, groups, members, tuple(examples))

    def _partitions(self) -> Iterator[tuple[np.ndarray, npt.NDArray[np.intp]]]:
        """The records of each part sorted by digest, and where each group of equal ones starts."""
        for file in self._files:
            if not file.exists():
                continue
            records = np.fromfile(file, _RECORD)
            records = records[np.lexsort((records["sample"], records["low"], records["high"]))]
            changes = (np.diff(records["high"]) != 0) | (np.diff(records["low"]) != 0)
            yield records, np.flatnonzero(np.concatenate(([True], changes)))


def _conflicting(labels: npt.NDArray[np.uint64], starts: npt.NDArray[np.intp]) -> Flags:
    """Whether a group holds two labels; samples without one agree with any."""
    largest = np.maximum.reduceat(labels, starts)
    none = np.iinfo(np.uint64).max
    smallest = np.minimum.reduceat(np.where(labels == _NO_LABEL, none, labels), starts)
    differ: Flags = (largest != _NO_LABEL) & (smallest != largest)
    return differ
