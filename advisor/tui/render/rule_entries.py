"""Every rule of the book as a line: what it saw here, or that it saw nothing."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from advisor.advice.rule import Finding, Rule, Severity, rules
from advisor.tui.render.line import (
    BLANK,
    Column,
    Line,
    Span,
    Tone,
    fact_lines,
    heading,
    rule,
    spaced,
    wrap,
)

if TYPE_CHECKING:
    from advisor.tui.sieve import SortKey

SEVERITY_TONES: dict[Severity, Tone] = {"waste": "bad", "warning": "warn", "note": "accent"}
SILENT = "silent"
_SEVERITY = Column("says", 8, "left")


def _columns(width: int) -> tuple[Column, Column, Column]:
    name = max(20, min(38, width // 3))
    rest = max(10, width - _SEVERITY.width - name - 3)
    return (_SEVERITY, Column("rule", name, "left"), Column("what it sees", rest, "left"))


def rules_heading(width: int) -> Line:
    return (Span("  "), *heading(_columns(width)))


@dataclass(frozen=True)
class RuleEntries:
    """Those that see something first, the most severe before others; then the silent ones."""

    findings: Sequence[Finding]
    width: int

    sort_titles = ("rule", "strategies")

    @cached_property
    def _said(self) -> list[tuple[Rule, Finding | None]]:
        every = rules()
        speaking = {finding.rule for finding in self.findings}
        said: list[tuple[Rule, Finding | None]] = [
            (every[finding.rule], finding) for finding in self.findings
        ]
        return [*said, *((each, None) for slug, each in every.items() if slug not in speaking)]

    def __len__(self) -> int:
        return len(self._said)

    def at(self, index: int) -> tuple[Rule, Finding | None]:
        return self._said[index]

    def identity(self, index: int) -> Hashable:
        return self._said[index][0].slug

    def search_text(self, index: int) -> str:
        each, finding = self._said[index]
        words = [each.slug, each.summary, _severity(finding)]
        if finding is not None:
            words += [finding.reason, *_slugs(finding), *(" ".join(e) for e in finding.evidence)]
        return " ".join(words)

    def sort_key(self, title: str, index: int) -> SortKey:
        each, finding = self._said[index]
        if title == "rule":
            return each.slug
        return ", ".join(_slugs(finding)) or None if finding is not None else None

    def line(self, index: int) -> Line:
        each, finding = self._said[index]
        severity, name, reason = _columns(self.width)
        text, tone = (each.summary, "dim") if finding is None else (finding.reason, "plain")
        mark: Tone = "dim" if finding is None else SEVERITY_TONES[finding.severity]
        told: Tone = "dim" if tone == "dim" else "plain"
        return (
            Span(" "),
            *spaced(
                severity.cell(_severity(finding), mark), name.cell(each.slug, told),
                reason.cell(text, told),
            ),
        )  # fmt: skip


def _severity(finding: Finding | None) -> str:
    return SILENT if finding is None else finding.severity


def _slugs(finding: Finding) -> tuple[str, ...]:
    return (*finding.recommends, *finding.cautions, *finding.forbids)


def rule_lines(each: Rule, finding: Finding | None, width: int) -> list[Line]:
    """What it sees, in figures, and what it says of which strategies."""
    if finding is None:
        nothing: tuple[str, str, Tone] = ("here", "it sees nothing of the kind", "dim")
        return fact_lines([("looks for", each.summary), nothing], width)
    facts: list[tuple[str, str, Tone]] = [("reason", finding.reason, "plain")]
    if finding.evidence:
        shown = " · ".join(f"{name} {value}" for name, value in finding.evidence)
        facts.append(("evidence", shown, "plain"))
    said: tuple[tuple[str, tuple[str, ...], Tone], ...] = (
        ("recommends", finding.recommends, "good"), ("cautions of", finding.cautions, "warn"),
        ("forbids", finding.forbids, "bad"),
    )  # fmt: skip
    facts += [(name, ", ".join(slugs), tone) for name, slugs, tone in said if slugs]
    return fact_lines(facts, width)


def rule_manual_lines(each: Rule, finding: Finding | None, width: int) -> list[Line]:
    """What it says here, then its manual."""
    lines = [*rule_lines(each, finding, width), BLANK]
    for paragraph in each.manual.split("\n\n"):
        title, _, rest = paragraph.partition("\n")
        if title.startswith("## "):
            lines.append(rule(title[3:], width))
        lines += [*wrap(rest if title.startswith("## ") else paragraph, width, " "), BLANK]
    return lines
