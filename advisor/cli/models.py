"""advisor models: what can be named without a file."""

from __future__ import annotations

from advisor import units
from advisor.cli._listing import listing
from advisor.models.listing import describe_references

COMMAND = listing(
    "models",
    "list the built-in examples and the known models",
    ("reference", "kind", "parameters", "title"),
    lambda: [
        (each.reference, each.kind, units.parameters(each.parameters), each.title)
        for each in describe_references()
    ],
    lambda: list(describe_references()),
)
