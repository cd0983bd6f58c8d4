"""What an exporter declares, and how a file is written whole or not at all."""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import advisor.export
from advisor.errors import ExportError, UnknownNameError
from advisor.export.audit import Audit
from advisor.registry import discover


@dataclass(frozen=True)
class Exporter:
    """`render` turns an audit into the bytes of a file; the same audit gives the same bytes."""

    name: str
    suffix: str
    summary: str
    render: Callable[[Audit], bytes]


@functools.cache
def exporters() -> Mapping[str, Exporter]:
    return discover(advisor.export, "EXPORTER", Exporter, lambda exporter: exporter.name)


def exporter_by_name(name: str, origin: str = "") -> Exporter:
    found = exporters().get(name)
    if found is None:
        raise UnknownNameError("export format", name, exporters(), origin)
    return found


def refuse_taken(path: Path, *, overwrite: bool) -> None:
    """Raise ExportError where `path` is taken, so that nobody waits for what cannot be written."""
    if path.exists() and not path.is_file():
        raise ExportError(f"{path} is not a regular file, so it is not replaced by one")
    if os.path.lexists(path) and not overwrite:
        raise ExportError(f"{path} exists; choose another name or allow overwriting (--force)")


def write_whole(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """Write `content` to `path` by a temporary file beside it, flushed and renamed.

    Raises ExportError where `path` exists and `overwrite` is not set, or where anything fails;
    then nothing of the new content is left behind and an existing file is as it was.
    """
    refuse_taken(path, overwrite=overwrite)
    temporary: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise ExportError(f"{path} was not written: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)  # gone already where it was renamed


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
