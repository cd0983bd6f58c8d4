"""The views that are one scrolling text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.events import Resize

from advisor.tui.render import header
from advisor.tui.render.line import Line, Span, line, rule, wrap
from advisor.tui.shown import Shown
from advisor.tui.widgets.line_view import LineView

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
            self.show(self._render_lines(shown, self.room))

    def on_resize(self, event: Resize) -> None:
        super().on_resize(event)
        if self._shown is not None:
            self.draw(self._shown)


def not_yet(shown: Shown) -> list[Line]:
    """What stands there until the model is profiled."""
    doing = "being profiled" if shown.activity.doing == "profiling" else "not profiled"
    return [line(Span(f" {shown.reference} is {doing}", "dim"))]


def plan_text(shown: Shown, width: int) -> Sequence[Line]:
    if shown.plan is None:
        return [line(Span(" the plan is being worked out", "dim"))]
    from advisor.tui.render import economics, plan

    return [
        rule("plan (r selects it, M measures it)", width),
        *plan.overview_lines(shown.plan, shown.economics, width),
        *(plan.step_lines(shown.plan, width) if shown.plan.steps else ()),
        *plan.plan_lines(shown.plan, width),
        *economics.economics_lines(shown.plan, shown.economics, width),
        *plan.rejected_lines(shown.plan, width),
    ]


def steps_text(shown: Shown, width: int) -> Sequence[Line]:
    if shown.plan is None:
        return [line(Span(" being worked out", "dim"))]
    from advisor.tui.render import plan

    return plan.step_lines(shown.plan, width)


def headlines_text(shown: Shown, width: int) -> Sequence[Line]:
    if shown.snapshot is None:
        return ()
    from advisor.tui.render import findings

    return findings.finding_headlines(shown.snapshot.findings, width)


def machine_text(shown: Shown, width: int) -> Sequence[Line]:
    if shown.machine is None or shown.snapshot is None:
        return not_yet(shown)
    from advisor.tui.render import telemetry

    snapshot = shown.snapshot
    note = snapshot.calibration_note
    said = [] if note is None else wrap(note, width, " ", "warn")
    return [*said, *telemetry.machine_lines(shown.machine, snapshot.scenario.hardware, width)]


def log_text(shown: Shown, width: int) -> Sequence[Line]:
    return header.log_lines(shown.log, width)
