"""The lines around every view: what is looked at, what runs now, the views and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from advisor import units
from advisor.tui.queue import left_text, waiting
from advisor.tui.render.bars import bar
from advisor.tui.render.line import Line, Span, Tone, fit, line, span, wrap

if TYPE_CHECKING:
    from advisor.tui.shown import Activity, Exporting, HistoryNote, LogEntry, Shown


def header_line(shown: Shown, width: int) -> Line:
    """Model, parameters, hardware and workload at the left; activity and error at the right."""
    activity, right = _activity(shown), f"  {_error(shown.history)} "
    note = ""
    if shown.snapshot is not None and shown.snapshot.calibration_note is not None:
        note = "not calibrated  "
    left = f" advisor  {shown.reference}"
    if shown.snapshot is not None:
        scenario = shown.snapshot.scenario
        count = units.parameters(scenario.profile.parameters)
        left += f"  {count}  {scenario.hardware.id}  {scenario.workload.id}"
    room = max(0, width - cell_len(note + activity + right) - 1)
    busy = shown.activity.doing != "idle" or shown.exporting is not None
    return line(
        Span(fit(left, room), "title"), " ", Span(note, "dim"),
        Span(activity, "accent" if busy else "dim"), Span(right, "dim"),
    )  # fmt: skip


def _activity(shown: Shown) -> str:
    activity = shown.activity
    if activity.doing == "idle":
        return "idle" if shown.exporting is None else "exporting"
    return f"{activity.doing} {activity.fraction:4.0%}"


def _error(history: HistoryNote) -> str:
    """The median error of past projections on record; a history that cannot be read says so."""
    if history.problem is not None:
        return "error unreadable (7)"
    if history.median_error is None:
        return "nothing measured"
    return f"error {units.percent(history.median_error)} n={history.count}"


def status_line(shown: Shown, width: int, *, tall: bool) -> Line:
    """What a worker is doing, or why the last one failed.

    Else, where there is room, the command line that gives this audit again.
    """
    activity = shown.activity
    if activity.doing != "idle":
        return _progress_line(activity, len(waiting(shown.queue)), width)
    if shown.exporting is not None:
        return _exporting_line(shown.exporting, width)
    if shown.failure is not None:
        return line(Span(fit(f" failed: {shown.failure}", width - 7), "bad"), " (log 7)")
    if tall and shown.command_line is not None:
        hint = "  y copies "
        shown_line = fit(f" $ {shown.command_line}", width - len(hint))
        return line(Span(shown_line, "dim"), Span("  y", "accent"), Span(" copies ", "dim"))
    return ()


def _exporting_line(step: Exporting, width: int) -> Line:
    """A step may take seconds, so which it is tells more than how many are done."""
    fraction = step.done / step.of
    head, end = f" [{bar(fraction, 16)}] {fraction:4.0%} ", "  Ctrl+C cancels"
    text = fit(f"exporting: {step.text}", max(1, width - cell_len(head + end) - 1))
    return line(Span(head, "accent"), text, Span(end, "dim"))


def _progress_line(activity: Activity, count: int, width: int) -> Line:
    """How far it is, what it does, what is left, and how many measurements come after it."""
    hints = [left_text(activity.left_s)]
    hints += [f"{count} more (J)"] if count else []
    hints += ["Ctrl+C cancels"] if activity.doing == "measuring" else []
    end = "".join(f"  {hint}" for hint in hints if hint)
    head = f" [{bar(activity.fraction, 16)}] {activity.fraction:4.0%} "
    text = fit(activity.text, max(1, width - cell_len(head + end) - 1))
    return line(Span(head, "accent"), text, Span(end, "dim"))


def tabs_line(titles: Sequence[str], current: int, width: int) -> Line:
    """The views by number; the current one is marked by signs, not by colour alone."""
    parts: list[Span] = []
    for index, title in enumerate(titles):
        shown = f"{index + 1} {title}"
        here = index == current
        parts.append(span(f"›{shown}‹" if here else f" {shown} ", "accent" if here else "plain"))
    taken = sum(cell_len(part.text) for part in parts)
    return line(*parts, Span(" " * max(0, width - taken)))


def footer_line(keys: Sequence[tuple[str, str]], width: int) -> Line:
    """Keys and what they do, as many as fit whole, in order of importance."""
    parts: list[Span] = []
    taken = 0
    for key, label in keys:
        length = cell_len(f" {key} {label} ")
        if taken + length > width:
            break
        parts += [span(f" {key}", "accent"), span(f" {label} ", "plain")]
        taken += length
    return line(*parts)


def log_lines(entries: Sequence[LogEntry], width: int) -> list[Line]:
    lines: list[Line] = []
    for entry in entries:
        tone: Tone = "bad" if entry.level == "error" else "plain"
        first, *rest = wrap(entry.text, width - 18) or [()]
        head = Span(f" {entry.clock} {entry.level:<6} ", "dim")
        lines.append((head, *(Span(part.text, tone) for part in first)))
        lines += [(Span(" " * 17), *(Span(part.text, tone) for part in each)) for each in rest]
    return lines or [line(Span(" nothing yet", "dim"))]
