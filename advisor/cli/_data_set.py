"""A data set read by a command, with its progress on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from advisor.cli._output import StderrProgress
from advisor.duplicates import DEFAULT_SIMILARITY
from advisor.errors import UsageError
from advisor.measurement.data.report import DataReport
from advisor.measurement.progress import Report

QUIET_S = 0.5
_EXTRA = frozenset({"pyarrow", "rensa", "imagehash", "PIL", "scipy"})


def inspect_data(
    path: Path, *, label: str | None = None, ignored: tuple[str, ...] = (), header: bool = True,
    similarity: float | None = DEFAULT_SIMILARITY,
) -> DataReport:  # fmt: skip
    """Read the data set at `path`.

    Raises UsageError with the file and the reason where it cannot be read.
    """
    try:
        from advisor.measurement.data.inspection import Options, inspect
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise UsageError(
            f"{path}: reading data needs {error.name}, which is not installed: "
            "pip install 'advisor[data]'"
        ) from error
    with _progress() as progress:
        return inspect(path, Options(label, ignored, header, similarity), progress)


@contextmanager
def _progress() -> Iterator[Report]:
    """On a terminal, once there is something to wait for; elsewhere nothing."""
    started = time.monotonic()
    with StderrProgress() as shown:

        def report(text: str, fraction: float) -> None:
            if sys.stderr.isatty() and time.monotonic() - started > QUIET_S:
                shown(text, fraction)

        yield report
