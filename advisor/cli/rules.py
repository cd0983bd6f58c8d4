"""advisor rules: what is looked for."""

from __future__ import annotations

from advisor.advice.rule import rules
from advisor.cli._listing import listing

COMMAND = listing(
    "rules",
    "list the rules",
    ("slug", "what it sees"),
    lambda: [(rule.slug, rule.summary) for rule in rules().values()],
    lambda: [{"slug": rule.slug, "summary": rule.summary} for rule in rules().values()],
)
