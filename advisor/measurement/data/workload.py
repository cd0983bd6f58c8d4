"""A data report as facts of a workload, so that a bill stands on the data that is there."""

from __future__ import annotations

from advisor.measurement.data.report import DataReport

_BYTES_PER_GB = 1e9
_ENDS = ("low", "expected", "high")


def workload_settings(report: DataReport) -> tuple[str, ...]:
    """`key=value` settings: the samples of an epoch, the gigabytes stored, and the duplicates."""
    share = report.duplicate_fraction
    figures = ", ".join(f"{name} = {getattr(share, name):.9g}" for name in _ENDS)
    return (
        f"training.samples={report.samples}",
        f"data.stored_gb={report.size_bytes / _BYTES_PER_GB:.9g}",
        f"data.duplicate_fraction={{ {figures} }}",
    )
