"""JSON lines: one object a line. A line that is none is counted and left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from advisor.errors import UsageError
from advisor.measurement.data.files import head, lines, refuse_binary
from advisor.measurement.data.format import (
    CHUNK_BYTES,
    CHUNK_SAMPLES,
    Chunk,
    DataFormat,
    DataSet,
    Faults,
    ReadOptions,
)

Row = dict[str, Any]
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read(data: DataSet, options: ReadOptions, faults: Faults) -> Iterator[Chunk]:
    del options
    before = 0
    for file, size in zip(data.files, data.sizes_bytes, strict=True):
        _refuse_other_json(file)
        for rows, position in _batches(file, data.name(file), faults):
            yield _chunk(rows, (before + position) / max(1, data.size_bytes))
        before += size


def _refuse_other_json(file: Path) -> None:
    start = head(file)
    refuse_binary(file, start, "JSON lines")
    if start.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] == b"[":
        raise UsageError(f"{file}: a JSON array; JSON lines hold one object a line")


def _batches(file: Path, name: str, faults: Faults) -> Iterator[tuple[list[Row], int]]:
    decoder = msgspec.json.Decoder(dict[str, Any])
    rows: list[Row] = []
    held, position = 0, 0
    for number, line, position in lines(file):
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)  # noqa: PLW2901  # the mark is no data
        if not line.strip():
            continue
        try:
            rows.append(decoder.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            faults.add(f"{name}, line {number}", str(error))
            continue
        held += len(line)
        if len(rows) == CHUNK_SAMPLES or held > CHUNK_BYTES:
            yield rows, position
            rows, held = [], 0
    if rows:
        yield rows, position


def _chunk(rows: list[Row], fraction: float) -> Chunk:
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {
        name: pa.array([as_text(row.get(name)) for row in rows], pa.large_string())
        for name in names
    }
    return Chunk(columns, len(rows), fraction)


def as_text(value: Any) -> str | None:
    """A value as text that is equal for equal values: objects with their keys sorted."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value, enc_hook=str, order="sorted").decode()


FORMAT = DataFormat("JSON lines", (".jsonl", ".ndjson", ".json"), read)
