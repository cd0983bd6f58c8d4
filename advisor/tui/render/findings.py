"""What the rules saw, the most severe first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor.tui.render.line import Line, Span, line, text_of, wrap
from advisor.tui.render.rule_entries import SEVERITY_TONES

if TYPE_CHECKING:
    from advisor.advice.rule import Finding


def finding_headlines(findings: Sequence[Finding], width: int) -> list[Line]:
    """A few words each, for a narrow pane."""
    lines: list[Line] = []
    for finding in findings:
        first, *rest = wrap(f"{finding.severity}: {finding.reason}", width, " ")
        said = text_of(first).strip().removeprefix(finding.severity)
        lines += [line(" ", Span(finding.severity, SEVERITY_TONES[finding.severity]), said), *rest]
    return lines or wrap("No rule sees anything here.", width, " ")
