"""The views that are one scrolling text, and the table of operators."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Resize

from advisor.tui.render import economics, findings, header, operators, plan, telemetry
from advisor.tui.render.line import Line, Span, line
from advisor.tui.shown import Shown
from advisor.tui.widgets.line_view import LineBar, LineView
from advisor.tui.widgets.sifted_list import SiftedList

_TITLE_LINES = 5
Render = Callable[[Shown, int], Sequence[Line]]


class TextView(LineView):
    """Shows what `render` makes of the value shown, at the width that there is."""

    def __init__(self, render: Render, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._render_lines = render
        self._shown: Shown | None = None

    def draw(self, shown: Shown) -> None:
        self._shown = shown
        if self.size.width:
            self.show(self._render_lines(shown, self.size.width))

    def on_resize(self, event: Resize) -> None:
        super().on_resize(event)
        if self._shown is not None:
            self.draw(self._shown)


class OperatorsView(Vertical):
    """A line an operator, under a heading that stays."""

    def compose(self) -> ComposeResult:
        yield LineBar(id="operators-title")
        yield LineBar(id="operators-heading")
        yield SiftedList(id="operators-list")

    def draw(self, shown: Shown) -> None:
        self._shown = shown
        width = self.size.width
        if not width:
            return
        lines = self.query_one("#operators-list", SiftedList)
        if shown.snapshot is None:
            lines.show(not_yet(shown))
            return
        scenario = shown.snapshot.scenario
        title = operators.title_lines(scenario, width)
        bar = self.query_one("#operators-title", LineBar)
        bar.styles.height = min(len(title), _TITLE_LINES)
        bar.show(title)
        self.query_one("#operators-heading", LineBar).show([operators.operators_heading(width)])
        there = lines.entries
        # What is drawn every second is not worked out every second.
        if not isinstance(there, operators.OperatorEntries) or not there.is_of(scenario, width - 1):
            lines.show_entries(operators.OperatorEntries(scenario, width - 1))

    def on_resize(self) -> None:
        shown: Shown | None = getattr(self, "_shown", None)
        if shown is not None:
            self.draw(shown)


def not_yet(shown: Shown) -> list[Line]:
    """What stands there until the model is profiled."""
    doing = "being profiled" if shown.activity.doing == "profiling" else "not profiled"
    return [line(Span(f" {shown.reference} is {doing}", "dim"))]


def plan_text(shown: Shown, width: int) -> Sequence[Line]:
    if shown.plan is None:
        return [line(Span(" the plan is being worked out", "dim"))]
    return [
        *plan.plan_lines(shown.plan, width),
        *economics.economics_lines(shown.plan, shown.economics, width),
        *plan.rejected_lines(shown.plan, width),
    ]


def steps_text(shown: Shown, width: int) -> Sequence[Line]:
    if shown.plan is None:
        return [line(Span(" being worked out", "dim"))]
    return plan.step_lines(shown.plan, width)


def findings_text(shown: Shown, width: int) -> Sequence[Line]:
    if shown.snapshot is None:
        return not_yet(shown)
    return findings.finding_lines(shown.snapshot.findings, width)


def headlines_text(shown: Shown, width: int) -> Sequence[Line]:
    if shown.snapshot is None:
        return ()
    return findings.finding_headlines(shown.snapshot.findings, width)


def machine_text(shown: Shown, width: int) -> Sequence[Line]:
    if shown.machine is None or shown.snapshot is None:
        return not_yet(shown)
    return telemetry.machine_lines(shown.machine, shown.snapshot.scenario.hardware, width)


def log_text(shown: Shown, width: int) -> Sequence[Line]:
    return header.log_lines(shown.log, width)
