"""advisor organizations: who pays, and how."""

from __future__ import annotations

from advisor.catalog.load import organizations
from advisor.cli._listing import listing

COMMAND = listing(
    "organizations",
    "list the organizations",
    ("id", "title", "accelerators are"),
    lambda: [
        (each.id, each.title, each.rental.purchase_option) for each in organizations().values()
    ],
    lambda: list(organizations().values()),
)
