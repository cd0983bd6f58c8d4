"""advisor workloads: what is asked of a model every month."""

from __future__ import annotations

from advisor import units
from advisor.catalog.load import workloads
from advisor.catalog.locate import profile_files
from advisor.catalog.workload import Workload
from advisor.cli._catalog import catalogue


def row(each: Workload) -> tuple[str, ...]:
    return (
        each.id,
        each.title,
        each.domain,
        units.count(each.serving.requests_per_month),
        units.number(each.training.runs_per_month),
    )


def text(name: str) -> str:
    """The file itself: its comments say what each key stands on."""
    return profile_files("workloads")[name].read_text(encoding="utf-8").rstrip()


COMMAND = catalogue(
    "workloads",
    "workload",
    "list the workloads; with ID, every key of one and its basis",
    ("id", "title", "domain", "requests a month", "training runs a month"),
    row,
    workloads,
    text,
)
