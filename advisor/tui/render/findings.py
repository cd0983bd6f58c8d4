"""What the rules saw, the most severe first."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.advice.rule import Finding, Severity
from advisor.tui.render.line import BLANK, Line, Span, Tone, line, wrap

_TONES: dict[Severity, Tone] = {"waste": "bad", "warning": "warn", "note": "accent"}


def finding_lines(findings: Sequence[Finding], width: int) -> list[Line]:
    lines: list[Line] = []
    for finding in findings:
        lines.append(
            line(" ", Span(f"{finding.severity}: ", _TONES[finding.severity]),
                 Span(finding.rule, "title"))
        )  # fmt: skip
        lines += wrap(finding.reason, width, "   ")
        if finding.evidence:
            shown = " · ".join(f"{name} {value}" for name, value in finding.evidence)
            lines += wrap(shown, width, "   ", "dim")
        for word, slugs in (
            ("recommends", finding.recommends), ("cautions against", finding.cautions),
            ("forbids", finding.forbids),
        ):  # fmt: skip
            if slugs:
                lines += wrap(f"{word}: {', '.join(slugs)}", width, "   ")
        lines.append(BLANK)
    return lines[:-1] or wrap("No rule sees anything here.", width, " ")


def finding_headlines(findings: Sequence[Finding], width: int) -> list[Line]:
    """A few words each, for a narrow pane."""
    lines: list[Line] = []
    for finding in findings:
        lines += wrap(f"{finding.severity}: {finding.reason}", width, " ", _TONES[finding.severity])
    return lines or wrap("No rule sees anything here.", width, " ")
