"""advisor organizations: who pays, and how."""

from __future__ import annotations

from advisor.catalog.load import organizations
from advisor.cli._catalog import catalogue

COMMAND = catalogue(
    "organizations",
    "organization",
    "list the organizations; with ID, every figure of one and its source",
    ("id", "title", "accelerators are"),
    lambda each: (each.id, each.title, each.rental.purchase_option),
    organizations,
)
