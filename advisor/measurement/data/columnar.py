"""How many bytes the samples take column by column and compressed, from a part of them."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.parquet as pq

PART_BYTES = 64 * 2**20
"""In memory, after which a data set has told enough of itself."""
CODEC = "zstd"


class ColumnarSize:
    """Takes chunks from the first on, and writes each as Parquet into memory, as a row group.

    Numbers are stored as the text that they came as, so typed columns may take less still.
    """

    def __init__(self) -> None:
        self._packed_bytes = self._seen_bytes = 0
        self._read_fraction = 0.0

    def add(self, columns: Mapping[str, pa.Array], read_fraction: float) -> None:
        if self._seen_bytes >= PART_BYTES or not columns:
            return
        table = pa.table(dict(columns))
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression=CODEC)
        self._packed_bytes += sink.getvalue().size
        self._seen_bytes += table.nbytes
        self._read_fraction = read_fraction

    def fraction(self, size_bytes: int) -> float | None:
        """Of `size_bytes` on disk, at most 1: none are repacked to take more. None for no data."""
        seen = self._read_fraction * size_bytes
        return None if seen <= 0 else min(self._packed_bytes / seen, 1.0)
