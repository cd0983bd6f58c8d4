"""Parquet files, a batch of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from advisor.errors import UsageError
from advisor.measurement.data.format import (
    Chunk,
    DataFormat,
    DataSet,
    Faults,
    ReadOptions,
    chunk_samples,
    distinct_names,
)
from advisor.measurement.data.json_lines import as_text


def read(data: DataSet, options: ReadOptions, faults: Faults) -> Iterator[Chunk]:
    """Raises UsageError for a file that is not Parquet or is broken."""
    del options, faults
    before = 0
    for file, size in zip(data.files, data.sizes_bytes, strict=True):
        try:
            with pq.ParquetFile(file) as source:
                rows, total = 0, source.metadata.num_rows
                step = chunk_samples(_decoded_bytes(source.metadata), total)
                for batch in source.iter_batches(step, use_threads=False):
                    rows += batch.num_rows
                    share = (before + size * rows / total) / data.size_bytes
                    yield Chunk(_columns(batch), batch.num_rows, share)
        except (pa.ArrowException, OSError) as error:
            raise UsageError(f"{file}: cannot be read as Parquet: {error}") from error
        before += size


def _decoded_bytes(metadata: pq.FileMetaData) -> int:
    groups = range(metadata.num_row_groups)
    return sum(metadata.row_group(group).total_byte_size for group in groups)


def _columns(batch: pa.RecordBatch) -> dict[str, pa.Array]:
    names = distinct_names(batch.schema.names)
    return {name: _text(column) for name, column in zip(names, batch.columns, strict=True)}


def _text(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
    nested = pa.types.is_nested(column.type) or pa.types.is_binary(column.type)
    if nested or pa.types.is_large_binary(column.type) or pa.types.is_null(column.type):
        return pa.array([as_text(value) for value in column.to_pylist()], pa.large_string())
    text = column.cast(pa.large_string())
    return pc.if_else(pc.equal(pc.binary_length(text), 0), None, text)


FORMAT = DataFormat("Parquet", (".parquet", ".pq"), read)
