"""advisor workloads: what is asked of a model every month."""

from __future__ import annotations

from advisor import units
from advisor.catalog.load import workloads
from advisor.cli._listing import listing

COMMAND = listing(
    "workloads",
    "list the workloads",
    ("id", "title", "domain", "requests a month", "training runs a month"),
    lambda: [
        (
            each.id,
            each.title,
            each.domain,
            units.count(each.serving.requests_per_month),
            units.number(each.training.runs_per_month),
        )
        for each in workloads().values()
    ],
    lambda: list(workloads().values()),
)
