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


KEY_WIDTH = 14
TEXT_FROM = KEY_WIDTH + 3


def help_lines(groups: Sequence[tuple[str, Sequence[tuple[str, str]]]], width: int) -> list[Line]:
    """`groups` are titles with their keys and what each key does."""
    lines: list[Line] = []
    for title, keys in (*groups, ("marks", MARKS)):
        lines += [BLANK] if lines else []
        lines.append(rule(title, width))
        for key, text in keys:
            lines += _key_lines(key, text, width)
    return lines


def _key_lines(key: str, text: str, width: int) -> list[Line]:
    first, *rest = wrap(text, width - TEXT_FROM) or [BLANK]
    head = Span(f"  {fit(key, KEY_WIDTH)} ", "accent")
    return [line(head, *first), *(line(" " * TEXT_FROM, *each) for each in rest)]
