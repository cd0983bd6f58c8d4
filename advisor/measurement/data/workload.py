"""A data report as facts of a workload, so that a bill stands on the data that is there."""

from __future__ import annotations

from advisor.measurement.data.report import DataReport

_BYTES_PER_GB = 1e9


def workload_settings(report: DataReport) -> tuple[str, ...]:
    """`key=value` settings of the workload: the samples of an epoch, and the gigabytes stored."""
    return (
        f"training.samples={report.samples}",
        f"data.stored_gb={report.size_bytes / _BYTES_PER_GB:.9g}",
    )
