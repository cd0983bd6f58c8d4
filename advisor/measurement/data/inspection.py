"""Read a data set once and report what it holds."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from advisor.duplicates import DEFAULT_SIMILARITY
from advisor.duplicates.near import minhash, perceptual
from advisor.duplicates.token_sets import PERMUTATIONS
from advisor.errors import UsageError
from advisor.measurement.data.columnar import ColumnarSize
from advisor.measurement.data.columns import ColumnCounter
from advisor.measurement.data.comparison import Comparison
from advisor.measurement.data.files import find
from advisor.measurement.data.format import DataFormat, DataSet, Faults, ReadOptions, shown
from advisor.measurement.data.report import Column, DataReport
from advisor.measurement.data.roles import Roles
from advisor.measurement.data.samples import SampleReader
from advisor.measurement.progress import Report, part

_READING = 0.9
"""Share of the work that reading is; comparing is the rest."""


@dataclass(frozen=True)
class Options:
    label: str | None = None
    """The column with the labels; None looks for one of the usual names."""
    ignored: tuple[str, ...] = ()
    """Columns that do not make two samples differ."""
    header: bool = True
    """Whether the first row of a CSV file names its columns."""
    similarity: float | None = DEFAULT_SIMILARITY
    """From here on texts and rows are near duplicates; None does not look for any."""


def inspect(path: Path, options: Options, progress: Report) -> DataReport:
    """Read every sample at `path`, a chunk at a time.

    What is compared lies in temporary files, some 430 bytes a sample (32 without near
    duplicates); memory grows by some 10 bytes a sample where files have no names.

    `progress` is called with each chunk and may raise to stop. Raises UsageError where nothing
    can be read, or where a column that was asked for is not there.
    """
    data_format, data = find(path)
    with tempfile.TemporaryDirectory(prefix="advisor-data-") as folder:
        try:
            if data_format.read_images is not None:
                return _inspect_images(data_format, data, options, progress, Path(folder))
            return _inspect_table(data_format, data, options, progress, Path(folder))
        except OSError as error:
            raise UsageError(
                f"{path}: {error}; temporary files go to {tempfile.gettempdir()} (TMPDIR)"
            ) from error


def _inspect_table(
    data_format: DataFormat, data: DataSet, options: Options, progress: Report, folder: Path
) -> DataReport:
    assert data_format.read is not None
    faults, counter, reader = Faults(), ColumnCounter(), SampleReader()
    roles = Roles(data_format, options.label, options.ignored)
    likeness = minhash(options.similarity, PERMUTATIONS) if options.similarity else None
    comparison, packed = Comparison(folder, likeness), ColumnarSize()
    for chunk in data_format.read(data, ReadOptions(options.header), faults):
        compared = roles.compared(chunk.columns)
        cells = reader.cells(compared)
        signatures = reader.signatures(compared, cells) if likeness else None
        digests = reader.digests(cells, chunk.samples)
        counter.add(chunk.columns)
        packed.add(chunk.columns, chunk.read_fraction)
        comparison.add(digests, roles.labels(chunk), signatures, chunk.names)
        _told(progress, comparison.samples, chunk.read_fraction)
    columns = counter.columns(comparison.samples, roles.left_out)
    report = _report(data_format, data, comparison, columns, roles, faults, progress)
    return replace(report, packed_fraction=packed.fraction(data.size_bytes))


def _inspect_images(
    data_format: DataFormat, data: DataSet, options: Options, progress: Report, folder: Path
) -> DataReport:
    assert data_format.read_images is not None
    faults = Faults()
    roles = Roles(data_format, options.label, options.ignored)
    comparison = Comparison(folder, perceptual() if options.similarity else None)
    for images in data_format.read_images(data, faults):
        labels = roles.folder_labels(images.folders)
        signatures = images.signatures if options.similarity else None
        comparison.add(images.digests, labels, signatures, images.names)
        _told(progress, comparison.samples, images.read_fraction)
    columns = (Column("image", "image", 0, 0, compared=True),)
    return _report(data_format, data, comparison, columns, roles, faults, progress)


def _told(progress: Report, samples: int, fraction: float) -> None:
    progress(f"reading: {samples:,} samples", fraction * _READING)


def _report(
    data_format: DataFormat,
    data: DataSet,
    comparison: Comparison,
    columns: tuple[Column, ...],
    roles: Roles,
    faults: Faults,
    progress: Report,
) -> DataReport:
    if not comparison.samples:
        first = f"; {faults.first[0].place}: {faults.first[0].reason}" if faults.first else ""
        raise UsageError(
            f"{data.root}: holds no sample that can be read as {data_format.name}{first}"
        )
    duplicates = comparison.duplicates(part(progress, _READING, 1.0))
    notes = [f"{data.left_out} files of other formats were left out"] if data.left_out else []
    return DataReport(
        path=shown(data.root),
        format=data_format.name,
        files=len(data.files),
        size_bytes=data.size_bytes,
        samples=comparison.samples,
        columns=columns,
        duplicates=duplicates,
        labels=roles.found_labels(comparison.samples),
        faults=faults.count,
        first_faults=tuple(faults.first),
        notes=(*notes, *roles.notes(columns)),
    )
