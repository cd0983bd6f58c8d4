"""Which column is the label, which are left out of the comparison, and what to say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from advisor.errors import UnknownNameError, UsageError
from advisor.measurement.data.format import FOLDER, Chunk, DataFormat
from advisor.measurement.data.labels import LABEL_NAMES, LabelCounter, label_column
from advisor.measurement.data.report import Column, Labels

IDENTIFIERS = frozenset(
    {"id", "_id", "uuid", "guid", "index", "idx", "row_id", "sample_id", "unnamed: 0"}
)
"""Columns of these names number the samples and say nothing about them."""


class Roles:
    """Settled by the columns of the first chunk."""

    def __init__(self, data_format: DataFormat, asked: str | None, ignored: Sequence[str]) -> None:
        self._format = data_format
        self._asked = asked
        self._ignored = ignored
        self._counter: LabelCounter | None = None
        self._settled = False
        self.left_out: set[str] = set()

    def compared(self, columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
        """The columns that make samples differ.

        Raises UnknownNameError for a column that was asked for and is not there, UsageError where
        none is left.
        """
        if not self._settled:
            self._settle(columns)
        self.left_out.update(name for name in columns if name.casefold() in IDENTIFIERS)
        return {name: column for name, column in columns.items() if name not in self.left_out}

    def _settle(self, columns: Mapping[str, pa.Array]) -> None:
        self._settled = True
        for name in self._ignored:
            if name not in columns:
                raise UnknownNameError("column", name, columns, "--ignore")
        label = label_column(columns, self._asked, self._format.label_column)
        self.left_out.update(self._ignored)
        if label is not None:
            self.left_out.add(label)
            self._counter = LabelCounter(label)
        identifiers = {name for name in columns if name.casefold() in IDENTIFIERS}
        if not set(columns) - self.left_out - identifiers:
            raise UsageError(
                "no column is left to compare: each is a label, an identifier or ignored "
                f"({', '.join(columns)})"
            )

    def labels(self, chunk: Chunk) -> npt.NDArray[np.uint64]:
        """A digest of each label, 0 where there is none."""
        if self._counter is None:
            return np.zeros(chunk.samples, np.uint64)
        labels = chunk.columns.get(self._counter.column)
        if labels is None:
            labels = pa.nulls(chunk.samples, pa.large_string())
        return self._counter.add(labels)

    def folder_labels(self, folders: Sequence[str | None]) -> npt.NDArray[np.uint64]:
        """The same for samples that are files: the folder is the label."""
        if not self._settled:
            self._settled = True
            if self._asked not in (None, FOLDER):
                raise UnknownNameError("column", str(self._asked), [FOLDER], "--label")
            self._counter = LabelCounter(FOLDER)
        assert self._counter is not None
        return self._counter.add(pa.array(folders, pa.large_string()))

    def found_labels(self, samples: int) -> Labels | None:
        found = self._counter.labels(samples) if self._counter else None
        return found if found is not None and found.distinct else None

    def notes(self, columns: Sequence[Column]) -> tuple[str, ...]:
        notes = []
        identifiers = [each.name for each in columns if each.name.casefold() in IDENTIFIERS]
        if identifiers:
            notes.append(f"identifiers left out of the comparison: {', '.join(identifiers)}")
        if self._counter is None:
            notes.append(f"no column is named {', '.join(LABEL_NAMES)}: --label COLUMN names it")
        if self._format.name == "CSV" and all(_is_number(each.name) for each in columns):
            notes.append("the first row reads as data, not as names: --no-header")
        return tuple(notes)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
