"""From a path to the files of a data set, and from a file to its bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NoReturn, Protocol, cast

import pyarrow as pa

from advisor.errors import UsageError
from advisor.measurement.data.format import DataFormat, DataSet, formats

_CODECS = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}
_BLOCK_BYTES = 1 << 20
LONGEST_LINE_BYTES = 64 << 20


class Stream(Protocol):
    """What both a file and a decompressed one can do."""

    def read(self, size: int, /) -> bytes: ...


def find(path: Path) -> tuple[DataFormat, DataSet]:
    """The data set at `path`: a file, or the files of the commonest known format in a folder.

    Raises UsageError for a path that is not there, cannot be read, is empty, or holds no file of a
    known format.
    """
    try:
        if path.is_dir():
            return _folder(path)
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")
        if not path.is_file():
            raise UsageError(f"{path}: neither a file nor a folder")
        size = path.stat().st_size
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    found = _format(path)
    if found is None:
        raise UsageError(f"{path}: unknown format {path.suffix!r}; known: {_known()}")
    if size == 0:
        raise UsageError(f"{path}: the file is empty")
    return found, DataSet(path, (path,), (size,))


def _folder(root: Path) -> tuple[DataFormat, DataSet]:
    by_format: dict[str, list[Path]] = {}
    total = 0
    for file in _walk(root):
        total += 1
        found = _format(file)
        if found is not None:
            by_format.setdefault(found.name, []).append(file)
    if not by_format:
        raise UsageError(
            f"{root}: none of the {total} files in this folder has a known format; "
            f"known: {_known()}"
        )
    name = max(by_format, key=lambda each: (len(by_format[each]), each))
    files = tuple(by_format[name])
    sizes = tuple(file.stat().st_size for file in files)
    return formats()[name], DataSet(root, files, sizes, total - len(files))


def _walk(root: Path) -> Iterator[Path]:
    """Files in one order on every machine; what is hidden is left out."""

    def refuse(error: OSError) -> NoReturn:
        raise error

    for folder, folders, names in os.walk(root, onerror=refuse):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            if not name.startswith(".") and file.is_file():
                yield file


def _format(file: Path) -> DataFormat | None:
    suffix = file.suffix.lower()
    if suffix in _CODECS:
        suffix = Path(file.stem).suffix.lower()
    return next((each for each in formats().values() if suffix in each.suffixes), None)


def _known() -> str:
    parts = (f"{each.name} ({' '.join(each.suffixes)})" for each in formats().values())
    return f"{', '.join(parts)}; CSV, JSON lines and text also as {' '.join(_CODECS)}"


@contextmanager
def opened(file: Path) -> Iterator[tuple[Stream, BinaryIO]]:
    """The contents, decompressed, and the file itself, whose position tells how far it is read."""
    codec = _CODECS.get(file.suffix.lower())
    try:
        with file.open("rb") as raw:
            if codec is None:
                yield raw, raw
            else:
                yield cast("Stream", pa.CompressedInputStream(raw, codec)), raw
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from error


def head(file: Path, size: int = _BLOCK_BYTES) -> bytes:
    with opened(file) as (stream, _):
        return stream.read(size)


def lines(file: Path) -> Iterator[tuple[int, bytes, int]]:
    """Number, bytes and position in the file of each line, ended by LF or CR LF.

    Raises UsageError for a line longer than 64 MiB: what has none is no text.
    """
    number, rest = 0, b""
    with opened(file) as (stream, raw):
        while block := stream.read(_BLOCK_BYTES):
            *whole, rest = (rest + block).split(b"\n")
            for line in whole:
                number += 1
                yield number, line.removesuffix(b"\r"), raw.tell()
            if len(rest) > LONGEST_LINE_BYTES:
                raise UsageError(f"{file}: line {number + 1} is longer than 64 MiB")
        if rest:
            yield number + 1, rest.removesuffix(b"\r"), raw.tell()


def refuse_binary(file: Path, start: bytes, kind: str) -> None:
    """Raise UsageError where the start of a file shows that it is no text."""
    if b"\0" in start:
        raise UsageError(f"{file}: not a {kind} file: it holds binary data")
