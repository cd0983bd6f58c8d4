"""Write the audit as it is shown, under names that are free."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from advisor.errors import ExportError
from advisor.export.exporter import exporter_by_name, write_whole

FORMATS = ("json", "markdown")


def export(contents: Sequence[bytes], reference: str, folder: Path) -> list[Path]:
    """Write `advisor-<model>`, a content for each of FORMATS, into `folder` and return the paths.

    Both get the same stem: the first that no file of either format has yet. Raises ExportError,
    and then has written neither.
    """
    chosen = [exporter_by_name(name) for name in FORMATS]
    stem = _free_stem(folder, reference, [each.suffix for each in chosen])
    paths = [folder / f"{stem}{_dotted(each.suffix)}" for each in chosen]
    written: list[Path] = []
    try:
        for path, content in zip(paths, contents, strict=True):
            write_whole(path, content)
            written.append(path)
    except ExportError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return paths


def _free_stem(folder: Path, reference: str, suffixes: list[str]) -> str:
    stem = f"advisor-{file_name(reference)}"
    for number in count(1):
        candidate = stem if number == 1 else f"{stem}-{number}"
        try:
            if not any((folder / f"{candidate}{_dotted(suffix)}").exists() for suffix in suffixes):
                return candidate
        except OSError as error:
            raise ExportError(f"{folder}: {error.strerror or error}") from error
    raise AssertionError("counting does not end")


def _dotted(suffix: str) -> str:
    return suffix if suffix.startswith(".") else f".{suffix}"


def file_name(reference: str) -> str:
    """The last part of a model reference, in letters, digits, dots, dashes and underscores."""
    last = reference.rstrip("/").rpartition("/")[2]
    shown = re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip("-.")
    return shown[-80:].lstrip("-.") or "model"
