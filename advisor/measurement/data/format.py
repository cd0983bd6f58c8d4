"""What a file format declares, and the samples that it yields."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

import advisor.measurement.data
from advisor.measurement.data.report import Fault
from advisor.registry import discover

CHUNK_SAMPLES = 16_384
CHUNK_BYTES = 8 << 20
"""Held at once: so many samples, or fewer where they are large."""
KEPT_FAULTS = 10
FOLDER = "folder"
"""The column of labels where samples are files: the folder that each lies in."""


def shown(path: Path) -> str:
    """A path as text; bytes in it that are no UTF-8 are written out."""
    return os.fsencode(path).decode(errors="backslashreplace")


class Faults:
    """Counts what could not be read; keeps the first few."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[Fault] = []

    def add(self, place: str, reason: str) -> None:
        self.count += 1
        if len(self.first) < KEPT_FAULTS:
            self.first.append(Fault(place, reason))


@dataclass(frozen=True)
class Chunk:
    """Some samples as text: an array of strings a column, null where a value is missing."""

    columns: Mapping[str, pa.Array]
    samples: int
    read_fraction: float
    """Of all the files together, how much is behind."""
    names: tuple[str, ...] | None = None
    """What to call each sample; None where its number will do."""


@dataclass(frozen=True)
class Images:
    """Some images: digests of shape (images, 2), perceptual hashes of shape (images, 8)."""

    names: tuple[str, ...]
    digests: npt.NDArray[np.uint64]
    signatures: npt.NDArray[np.uint16]
    folders: tuple[str | None, ...]
    read_fraction: float


@dataclass(frozen=True)
class DataSet:
    """Files of one format below `root`, which is the file itself where there is only one."""

    root: Path
    files: tuple[Path, ...]
    sizes_bytes: tuple[int, ...]
    left_out: int = 0
    """Files below `root` of other formats."""

    @property
    def size_bytes(self) -> int:
        return sum(self.sizes_bytes)

    def name(self, file: Path) -> str:
        return shown(file.relative_to(self.root) if file != self.root else Path(file.name))

    def label_folder(self, file: Path) -> str | None:
        """The folder that a file lies in, where that is below the data set's own."""
        return shown(Path(file.parent.name)) if self.root not in (file.parent, file) else None


@dataclass(frozen=True)
class ReadOptions:
    header: bool = True
    """Whether the first row of a CSV file names the columns."""


@dataclass(frozen=True)
class DataFormat:
    """`read` yields all samples of a data set; it raises UsageError where none can be had."""

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[DataSet, ReadOptions, Faults], Iterator[Chunk]] | None = None
    read_images: Callable[[DataSet, Faults], Iterator[Images]] | None = None
    label_column: str | None = None
    """Holds the labels without being asked for, whatever its values."""


def chunk_samples(size_bytes: int, samples: int) -> int:
    """How many of `samples`, which take `size_bytes` together, make a chunk."""
    return max(1, min(CHUNK_SAMPLES, CHUNK_BYTES * samples // max(1, size_bytes)))


def distinct_names(names: Sequence[str]) -> tuple[str, ...]:
    """Column names that can be told apart: without a name "column 3", the second of one "a (2)"."""
    found: dict[str, None] = {}
    for place, name in enumerate(names, start=1):
        plain = name.strip() or f"column {place}"
        unique, times = plain, 1
        while unique in found:
            times += 1
            unique = f"{plain} ({times})"
        found[unique] = None
    return tuple(found)


@functools.cache
def formats() -> Mapping[str, DataFormat]:
    return discover(advisor.measurement.data, "FORMAT", DataFormat, lambda each: each.name)
