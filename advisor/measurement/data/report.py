"""What `advisor data` finds in a data set, and how it is kept in a file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from advisor.catalog.quantity import Quantity
from advisor.errors import UsageError

Kind = Literal["number", "word", "text", "mixed", "empty", "image"]


@dataclass(frozen=True)
class Fault:
    """Something that could not be read as it stands: where, and why."""

    place: str
    reason: str


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    """How its values read: all as numbers, `mixed` where some do, else as words or as text."""
    missing: int
    """Samples without a value: null, absent, empty, or spelled NA, NaN, null and the like."""
    numbers: int
    """Values that read as numbers."""
    compared: bool
    """False for the label and for identifiers, which do not make two samples differ."""


@dataclass(frozen=True)
class Pair:
    """A sample and an earlier one that it repeats, for a person to look at."""

    sample: str
    earlier: str


@dataclass(frozen=True)
class Duplicates:
    """Samples that repeat an earlier one; what is left without them is `samples - exact - near`."""

    exact: int
    """Samples equal to an earlier one in every compared column, or in every byte of an image."""
    near: int | None
    """Further samples alike an earlier one by `criterion`; None where it was not looked for."""
    criterion: str
    conflicting_groups: int
    """Sets of equal samples that carry more than one label."""
    conflicting_samples: int
    exact_examples: tuple[Pair, ...] = ()
    near_examples: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Labels:
    """How often each class occurs. `counts` is None where there are too many to be classes."""

    column: str
    unlabelled: int
    distinct: int
    """At least this many where `counts` is None."""
    counts: Mapping[str, int] | None

    @property
    def imbalance(self) -> float | None:
        """The largest class over the smallest; 1 is balanced."""
        return max(self.counts.values()) / min(self.counts.values()) if self.counts else None

    @property
    def effective_classes(self) -> float | None:
        """Classes of equal size with the same entropy: exp(-Σ p ln p)."""
        if not self.counts:
            return None
        total = sum(self.counts.values())
        shares = [count / total for count in self.counts.values()]
        return math.exp(-sum(share * math.log(share) for share in shares))

    @property
    def surplus(self) -> float | None:
        """Share of the labels that larger classes hold beyond an equal part each."""
        if not self.counts:
            return None
        total = sum(self.counts.values())
        part = total / len(self.counts)
        return sum(max(0.0, count - part) for count in self.counts.values()) / total


@dataclass(frozen=True)
class DataReport:
    """One data set. Nothing in it depends on the clock: the same data give the same report."""

    path: str
    format: str
    files: int
    size_bytes: int
    """On disk, as stored."""
    samples: int
    columns: tuple[Column, ...]
    duplicates: Duplicates
    labels: Labels | None
    """None where no column holds labels."""
    faults: int
    """Rows, files and values that could not be read as they stand."""
    first_faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    version: int = 1
    packed_fraction: float | None = None
    """Bytes of the samples in compressed columns over those on disk, from the first of them; None
    where they have no columns, as images."""

    @property
    def duplicate_fraction(self) -> Quantity:
        """Share of the samples that add nothing: from the exact ones to near ones as well.

        Near duplicates of texts and images are expected to add nothing. Rows of a table that
        differ in a few cells may be different samples, so there they only widen the range.
        """
        exact, near = self.duplicates.exact, self.duplicates.near or 0
        low, high = exact / self.samples, (exact + near) / self.samples
        is_read = any(c.kind in ("text", "image") for c in self.columns if c.compared)
        return Quantity(low=low, expected=high if is_read else low, high=high)


def read_report(path: Path) -> DataReport:
    """Read what `advisor data --json` wrote.

    Raises UsageError where the file cannot be read, is no such report, or of another version.
    """
    try:
        report = msgspec.json.decode(path.read_bytes(), type=DataReport)
    except (OSError, msgspec.MsgspecError, RecursionError) as error:
        raise UsageError(f"{path}: no report of `advisor data --json`: {error}") from error
    if report.version != DataReport.version:
        raise UsageError(
            f"{path}: a data report of version {report.version}; "
            f"version {DataReport.version} is read here"
        )
    if report.samples < 1:
        raise UsageError(f"{path}: samples is {report.samples}; it must be 1 or more")
    return report
