"""CSV and its kin: the separator is found, every cell is read as text."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from advisor.errors import UsageError
from advisor.measurement.data.broken_rows import BrokenRows
from advisor.measurement.data.files import head, opened, refuse_binary
from advisor.measurement.data.format import (
    Chunk,
    DataFormat,
    DataSet,
    Faults,
    ReadOptions,
    chunk_samples,
    distinct_names,
)
from advisor.measurement.data.utf8 import Utf8Stream

_BLOCK_BYTES = 16 << 20
"""No row may be longer."""
_SEPARATORS = ",;\t|"
_SNIFFED_CHARACTERS = 1 << 16
_ALSO_MISSING = ["None", "none", "NONE", "NAN", "<NA>", "?"]
"""Spellings beside those that Arrow takes for null."""


def read(data: DataSet, options: ReadOptions, faults: Faults) -> Iterator[Chunk]:
    """Raises UsageError for a file that holds binary data or cannot be parsed at all."""
    before = 0
    for file, size in zip(data.files, data.sizes_bytes, strict=True):
        if size == 0:
            faults.add(data.name(file), "empty; left out")
            continue
        for batch, position in _batches(file, data.name(file), options, faults):
            columns = dict(zip(batch.schema.names, batch.columns, strict=True))
            yield Chunk(columns, batch.num_rows, (before + position) / data.size_bytes)
        before += size


def _batches(
    file: Path, name: str, options: ReadOptions, faults: Faults
) -> Iterator[tuple[pa.RecordBatch, int]]:
    start = head(file)
    encoding = "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf8"
    if encoding == "utf8":
        refuse_binary(file, start, "CSV")
    text = start.decode("utf-16" if encoding == "utf-16" else "utf-8-sig", errors="replace")
    separator = _separator(text)
    names = _names(text, separator, options.header)
    if not names:
        raise UsageError(f"{file}: holds no rows")
    broken = BrokenRows(file, name, faults)
    with opened(file) as (stream, raw):
        valid = Utf8Stream(stream, file, name, faults)
        try:
            reader = pa_csv.open_csv(
                pa.PythonFile(valid if encoding == "utf8" else stream, "r"),
                pa_csv.ReadOptions(
                    use_threads=False,  # rows are numbered only when they are read in order
                    block_size=_BLOCK_BYTES,
                    column_names=names,
                    skip_rows_after_names=int(options.header),
                    encoding=encoding,
                ),
                pa_csv.ParseOptions(
                    delimiter=separator, newlines_in_values=True, invalid_row_handler=broken.handle
                ),
                _convert_options(names),
            )
            for batch in reader:
                step = chunk_samples(batch.nbytes, batch.num_rows)
                for offset in range(0, batch.num_rows, step):
                    yield batch.slice(offset, step), raw.tell()
        except (pa.ArrowInvalid, UnicodeError) as error:
            raise UsageError(f"{file}: cannot be read as CSV: {_reason(error)}") from error
    broken.report()
    if valid.odd_quotes:
        faults.add(name, "an odd number of quotation marks: a cell may hold the rows after it")


def _reason(error: Exception) -> str:
    if "straddling object" in str(error):
        return "a row is longer than 16 MiB, or a quoted cell is never closed"
    return str(error)


def _convert_options(names: tuple[str, ...]) -> pa_csv.ConvertOptions:
    """Every cell as text, so that no strange value among numbers ends it."""
    return pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.large_string()),
        strings_can_be_null=True,
        null_values=[*pa_csv.ConvertOptions().null_values, *_ALSO_MISSING],
    )


def _separator(text: str) -> str:
    try:
        return csv.Sniffer().sniff(text[:_SNIFFED_CHARACTERS], _SEPARATORS).delimiter
    except csv.Error:  # one column, or rows too unlike for it
        first = text.partition("\n")[0]
        return max(_SEPARATORS, key=first.count)


def _names(text: str, separator: str, header: bool) -> tuple[str, ...]:
    try:
        first = next((row for row in csv.reader(io.StringIO(text), delimiter=separator) if row), [])
    except csv.Error:  # a cell longer than that module takes
        first = text.partition("\n")[0].split(separator)
    return distinct_names(first if header else [""] * len(first))


FORMAT = DataFormat("CSV", (".csv", ".tsv"), read)
