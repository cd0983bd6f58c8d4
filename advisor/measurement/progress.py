"""How a job tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[str, float], None]
"""Takes what is being done now, and the share of the job that is behind it, 0 to 1."""


def part(report: Report, start: float, end: float) -> Report:
    """A report for one part of a job, whose own 0 to 1 is `start` to `end` of the whole."""

    def report_part(text: str, fraction: float) -> None:
        report(text, start + (end - start) * fraction)

    return report_part
