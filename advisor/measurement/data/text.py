"""Text: each line of one file is a sample; in a folder each file is one, labelled by its folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from advisor.measurement.data.files import LONGEST_LINE_BYTES, head, lines, opened, refuse_binary
from advisor.measurement.data.format import (
    CHUNK_BYTES,
    CHUNK_SAMPLES,
    FOLDER,
    Chunk,
    DataFormat,
    DataSet,
    Faults,
    ReadOptions,
)

Sample = tuple[str, str | None, str | None, int]
"""The text, its name, its folder, and the bytes that are behind."""


def read(data: DataSet, options: ReadOptions, faults: Faults) -> Iterator[Chunk]:
    del options
    is_file = data.files == (data.root,)
    samples = _lines(data.root, faults) if is_file else _documents(data, faults)
    batch: list[Sample] = []
    held = 0
    for sample in samples:
        batch.append(sample)
        held += len(sample[0])
        if len(batch) == CHUNK_SAMPLES or held > CHUNK_BYTES:
            yield _chunk(batch, data.size_bytes)
            batch, held = [], 0
    if batch:
        yield _chunk(batch, data.size_bytes)


def _lines(file: Path, faults: Faults) -> Iterator[Sample]:
    refuse_binary(file, head(file), "text")
    for number, line, position in lines(file):
        text = decoded(line, f"line {number}", faults)
        if text.strip():
            yield text, None, None, position


def _documents(data: DataSet, faults: Faults) -> Iterator[Sample]:
    before = 0
    for file, size in zip(data.files, data.sizes_bytes, strict=True):
        name = data.name(file)
        with opened(file) as (stream, _):
            content = stream.read(LONGEST_LINE_BYTES + 1)
        before += size
        if len(content) > LONGEST_LINE_BYTES:
            faults.add(name, "longer than 64 MiB; left out")
        elif b"\0" in content:
            faults.add(name, "holds binary data; left out")
        elif not content.strip():
            faults.add(name, "empty; left out")
        else:
            yield decoded(content, name, faults), name, data.label_folder(file), before


def decoded(content: bytes, place: str, faults: Faults) -> str:
    """UTF-8 as text; bytes that are none are counted and written out, so that they still differ."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.add(place, f"not valid UTF-8 at byte {error.start}; read with the bytes written out")
        return content.decode("utf-8-sig", errors="backslashreplace")


def _chunk(batch: Sequence[Sample], total_bytes: int) -> Chunk:
    texts, names, folders, positions = zip(*batch, strict=True)
    columns = {"text": pa.array(texts, pa.large_string())}
    if any(folders):
        columns[FOLDER] = pa.array(folders, pa.large_string())
    known = names if names[0] is not None else None
    return Chunk(columns, len(batch), positions[-1] / max(1, total_bytes), known)


FORMAT = DataFormat("text", (".txt", ".text", ".md"), read, label_column=FOLDER)
