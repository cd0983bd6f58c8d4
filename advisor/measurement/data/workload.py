"""A data report as facts of a workload, so that a bill stands on the data that is there."""

from __future__ import annotations

from advisor.measurement.data.report import DataReport

_BYTES_PER_GB = 1e9
_ENDS = ("low", "expected", "high")


def workload_settings(report: DataReport) -> tuple[str, ...]:
    """`key=value` settings: samples of an epoch, gigabytes stored, what packs, and duplicates."""
    share = report.duplicate_fraction
    figures = ", ".join(f"{name} = {getattr(share, name):.9g}" for name in _ENDS)
    # What was compressed when it was taken takes as much room in columns.
    images = bool(report.columns) and all(each.kind == "image" for each in report.columns)
    packed = 1.0 if images else report.packed_fraction
    found = () if packed is None else (f"data.packed_fraction={packed:.9g}",)
    return (
        f"training.samples={report.samples}",
        f"data.stored_gb={report.size_bytes / _BYTES_PER_GB:.9g}",
        f"data.duplicate_fraction={{ {figures} }}",
        *found,
    )
