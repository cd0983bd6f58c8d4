"""The settings: what each stands at, where that was chosen, and where files lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor.tui.render.line import BLANK, Line, Span, fit, line, rule, wrap


@dataclass(frozen=True)
class Setting:
    """One that can be changed; `fixed` says where it was chosen for every start."""

    name: str
    title: str
    value: str
    meaning: str
    fixed: bool = False


def setting_lines(
    settings: Sequence[Setting], files: Sequence[tuple[str, str]], width: int
) -> list[Line]:
    """A line for each setting first, so that its number is that of its line."""
    lines: list[Line] = []
    for each in settings:
        note = f"{each.meaning}{'; screen.toml or an option says so' if each.fixed else ''}"
        head = f" {fit(each.title, 11)} ‹ {fit(each.value, 14)} › "
        lines.append(line(Span(head, "accent"), Span(fit(note, max(0, width - len(head))), "dim")))
    lines += [BLANK, rule("files", width)]
    for title, path in files:
        first, *rest = wrap(path, width - 14) or [BLANK]
        lines.append((Span(f" {fit(title, 12)} ", "dim"), *first))
        lines += [line(" " * 14, *each) for each in rest]
    lines += [BLANK, rule("in screen.toml", width)]
    for text in EXAMPLE:
        lines.append(line(f"  {text}"))
    return lines


EXAMPLE = (
    'theme = "textual-light"',
    "ascii = false",
    "mouse = true",
    "reduced_motion = false",
    "[keys]  # ids as in ?, keys separated by commas",
    'measure = "m,f5"',
)
