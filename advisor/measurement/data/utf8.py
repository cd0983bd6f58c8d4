"""A byte stream made valid UTF-8 as it is read: what is not is counted and written out."""

from __future__ import annotations

from pathlib import Path

from advisor.errors import UsageError
from advisor.measurement.data.files import LONGEST_LINE_BYTES, Stream
from advisor.measurement.data.format import Faults

_BLOCK_BYTES = 1 << 20


class Utf8Stream:
    r"""What `stream` gives, with `\xff` spelled out for a byte that is no text.

    Arrow would give up the whole file at one such byte in a broken row.
    """

    closed = False

    def __init__(self, stream: Stream, file: Path, name: str, faults: Faults) -> None:
        self._stream = stream
        self._file = file
        self._name = name
        self._faults = faults
        self._rest = b""
        self._ready = b""
        self._lines = 0
        self._quotes = 0

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end.

        Raises UsageError for a line longer than 64 MiB.
        """
        while not self._ready:
            block = self._stream.read(_BLOCK_BYTES)
            whole, self._rest = _cut(self._rest + block) if block else (self._rest, b"")
            if not block and not whole:
                return b""
            if len(self._rest) > LONGEST_LINE_BYTES:
                raise UsageError(f"{self._file}: line {self._lines + 1} is longer than 64 MiB")
            self._ready = self._valid(whole)
        given, self._ready = self._ready[:size], self._ready[size:]
        return given

    @property
    def odd_quotes(self) -> bool:
        return self._quotes % 2 == 1

    def _valid(self, whole: bytes) -> bytes:
        try:
            whole.decode()
        except UnicodeDecodeError:
            whole = b"\n".join(
                self._valid_line(line, self._lines + place)
                for place, line in enumerate(whole.split(b"\n"), start=1)
            )
        self._lines += whole.count(b"\n")
        self._quotes += whole.count(b'"')
        return whole

    def _valid_line(self, line: bytes, number: int) -> bytes:
        try:
            line.decode()
        except UnicodeDecodeError as error:
            reason = f"not valid UTF-8 at byte {error.start}; read with the bytes written out"
            self._faults.add(f"{self._name}, line {number}", reason)
            return line.decode(errors="backslashreplace").encode()
        return line


def _cut(content: bytes) -> tuple[bytes, bytes]:
    """Split after the last line that is whole, so that no character is cut in two."""
    end = max(content.rfind(b"\n"), content.rfind(b"\r")) + 1
    return content[:end], content[end:]
