"""The help: every key there is, taken from the bindings themselves."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.tui.render.line import BLANK, Line, Span, fit, line, rule, wrap

MARKS = (
    ("[x] [ ]", "on, off"),
    ("[-]", "the hardware lacks what it needs"),
    ("[!]", "conflicts with what is on"),
    ("✓ ! ✗", "the rules recommend it, caution against it, forbid it"),
    ("projected ±", "what a setup would do, with half the width of its range"),
    ("measured n=", "what it did in n timed runs, with the projection's error beside it"),
)


def help_lines(groups: Sequence[tuple[str, Sequence[tuple[str, str]]]], width: int) -> list[Line]:
    """`groups` are titles with their keys and what each key does."""
    lines: list[Line] = []
    for title, keys in groups:
        lines.append(rule(title, width))
        for key, text in keys:
            lines.append(line(Span(f"  {fit(key, 14)}", "accent"), f" {text}"))
        lines.append(BLANK)
    lines.append(rule("marks", width))
    for mark, text in MARKS:
        first, *rest = wrap(text, width - 17)
        lines.append(line(Span(f"  {fit(mark, 14)}", "accent"), " ", *first))
        lines += [line(" " * 17, *each) for each in rest]
    return lines
