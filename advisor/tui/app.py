"""The Textual app: what is composed, which keys there are, and which handler answers what."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from textual import on
from textual.binding import Binding
from textual.events import Resize
from textual.geometry import Size

from advisor.errors import AdvisorError
from advisor.tui import early, looks, preferences
from advisor.tui import kept as keeping
from advisor.tui.appearance import Appearance
from advisor.tui.bench import Bench
from advisor.tui.copying import copy
from advisor.tui.course import Course
from advisor.tui.descriptors import terminal_to_itself
from advisor.tui.ending import end_on_signals, report_thread_faults
from advisor.tui.feed import TelemetryFeed
from advisor.tui.kept import Kept
from advisor.tui.laying import Laying
from advisor.tui.leaving import Leaving
from advisor.tui.loading import Loading
from advisor.tui.messages import (
    Exported,
    ExportFailed,
    JobFailed,
    Loaded,
    News,
    Opened,
    Overheard,
    Refused,
    TelemetryRead,
)
from advisor.tui.painting import Painting
from advisor.tui.palette import Commands
from advisor.tui.preferences import Preferences
from advisor.tui.screens.listing import ListScreen
from advisor.tui.screens.main import MainScreen
from advisor.tui.screens.too_small import TooSmallScreen, is_too_small
from advisor.tui.selecting import Selecting
from advisor.tui.switching import Switching
from advisor.tui.wire import Wire
from advisor.units import printable

if TYPE_CHECKING:
    from advisor.history import History
    from advisor.measurement.result import ModelRequest
    from advisor.session import Session
    from advisor.session_options import Options
    from advisor.tui.shown import Shown

HANG_UP_SEEN_WITHIN_S = 0.5


class AdvisorApp(Laying, Leaving, Painting, inherit_bindings=False):
    """Handlers and actions only; what they do is in Bench and Course."""

    CSS_PATH = "theme.tcss"
    TITLE = "advisor"
    COMMANDS = {Commands}
    BINDINGS = [
        Binding("m", "measure('chosen')", "measure what is on", id="measure"),
        Binding("M", "measure('plan')", "measure the plan: each step, then all together",
                id="measure_plan", key_display="M"),
        Binding("T", "measure('training')", "measure a training step with what is on",
                id="measure_training", key_display="T"),
        Binding("J", "queue", "what is measured, waits and was", id="queue", key_display="J"),
        Binding("u", "change('undo')", "undo", id="undo"),
        Binding("U", "change('redo')", "redo", id="redo", key_display="U"),
        Binding("r", "change('select_plan')", "switch on what the plan recommends", id="plan_on"),
        Binding("R", "change('select_optimum')", "switch on the exact minimum", id="optimum_on",
                key_display="R"),
        Binding("L", "change('select_measured')", "switch on what was measured last",
                id="measured_on", key_display="L"),
        Binding("0", "change('select_none')", "switch everything off", id="none_on"),
        Binding("e", "export", "write the audit as JSON and Markdown", id="export"),
        Binding("y", "copy", "copy the command line of this audit", id="copy"),
        Binding("t", "theme", "next theme", id="theme"),
        Binding("comma", "settings", "theme, characters, mouse, motion; where files lie",
                id="settings", key_display=","),
        Binding("ctrl+l", "redraw", "draw everything again", id="redraw", key_display="Ctrl+L"),
        Binding("p", "pause", "pause telemetry, resume it", id="pause"),
        Binding("f", "plot('roofline')", "roofline of the operators", id="roofline"),
        Binding("i", "plot('memory')", "what is in memory at its peaks", id="memory"),
        Binding("F", "front", "cost against quality: every setup worth a choice", id="front",
                key_display="F"),
        Binding("H", "history", "all that was measured here, and the error", id="history",
                key_display="H"),
        Binding("b", "budgets", "budgets and objectives of plans", id="budgets"),
        Binding("o", "start", "open another model", id="open"),
        Binding("c", "compare", "compare hardware by cost, and switch to it", id="compare"),
        Binding(
            "colon,ctrl+p", "command_palette", "every action by name; switch what is looked at",
            id="palette", key_display=": Ctrl+P",
        ),
        Binding("question_mark,f1", "help", "this help", id="help", key_display="? F1"),
        Binding(
            "ctrl+c", "interrupt", "cancel what is running; when idle, twice quits",
            id="interrupt", key_display="Ctrl+C", priority=True,
        ),
        Binding("q", "quit", "quit", id="quit"),
    ]  # fmt: skip

    def __init__(
        self,
        request: ModelRequest | None,
        options: Options,
        history: History | None = None,
        session: Session | None = None,
        chosen: Preferences | None = None,
        kept: Kept | None = None,
    ) -> None:
        """`session` is one that is there already, around a model that is profiled.

        With no `request`, the user is asked for a model first.
        """
        colourless = looks.is_colourless()
        if not colourless:
            os.environ.pop("NO_COLOR", None)  # empty it means nothing, but not to Textual
        # Known only now, the choice of a theme would come too late for Textual's colour filter.
        super().__init__(ansi_color=True if colourless else None)
        chosen = chosen or Preferences()
        self.appearance = Appearance(self, chosen, kept or Kept())
        self.keys_chosen = chosen.keys
        self._session = session
        self.wire = Wire()
        self._folder = Path.cwd()  # where it was started, also if that is renamed meanwhile
        self.bench = Bench(request, self._publish)
        self.selecting = Selecting(self.bench)
        self._history = history
        self.loading = Loading()
        course = Course(self.bench, self.post_message, lambda: self.history, self.loading)
        self.course = course
        self.switching = Switching(course, lambda: self.history, request, options)
        self._was_opened = False
        self.refusal: AdvisorError | None = None
        """Why the model that the program was called for cannot be opened at all."""
        self.feed = TelemetryFeed(self.post_message)
        self.main = MainScreen(self.bench.shown, self.feed, chosen.keys, self.appearance.kept)
        self.written: list[Path] = []
        self.said_at_start: str | None = None
        self.appearance.apply()

    async def on_mount(self) -> None:
        end_on_signals(self.end)
        if not self.is_headless:
            self.set_interval(HANG_UP_SEEN_WITHIN_S, self.end_if_hung_up)
        report_thread_faults(self.post_message)
        self.app_resume_signal.subscribe(self, lambda _: self.wire.forget())
        self.set_keymap(dict(self.keys_chosen))
        await self.push_screen(self.main)  # whole before the first news comes
        self.call_after_refresh(self._begin)
        self._fit(self.size)
        if self.said_at_start is not None:
            self.bench.log(self.said_at_start, "error")

    def _begin(self) -> None:
        """What has not been imported yet is, beside the worker that profiles the model.

        Without a model it is imported once the question for one stands: both want the same locks.
        """
        if self.switching.request is None:
            self.action_start()
            self.call_after_refresh(self._load)
        else:
            self._load()
            self.switching.begin(self._session)

    def _load(self) -> None:
        self.loading.start(lambda: self.post_message(Loaded()))

    def on_loaded(self, _news: Loaded) -> None:
        if self.is_running:
            self.feed.start()

    @on(News)
    def on_news(self, news: News) -> None:
        if not self.is_running:  # its widgets are being taken down
            return
        self.attempt(lambda: self.course.take(news))
        match news:
            case Opened():
                self._was_opened = True
            case Refused(error=error) if not self._was_opened:
                self.refusal = error
                self.end(int(error.exit_code))
            case JobFailed(error=error):
                self.notify(str(error), severity="error", markup=False)
            case Exported(paths=paths):
                self.written += paths
                names = ", ".join(path.name for path in paths)
                self.notify(f"wrote {names}", title="export", markup=False)
            case ExportFailed(error=error):
                self.notify(str(error), severity="warning", markup=False)

    def on_resize(self, event: Resize) -> None:
        self.wire.forget()  # what terminals do with what they showed differs
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        """Lay a word over everything while the terminal is too small for it."""
        if not self.main.is_attached:
            return
        if is_too_small(size) and not isinstance(self.screen, TooSmallScreen):
            self.push_screen(TooSmallScreen())
        elif not is_too_small(size) and isinstance(self.screen, TooSmallScreen):
            self.pop_screen()

    def on_overheard(self, news: Overheard) -> None:
        self.bench.log(f"output: {news.text}")

    def on_telemetry_read(self, news: TelemetryRead) -> None:
        if not self.is_running:
            return
        self.feed.take(news.telemetry)
        self.main.draw_telemetry()

    def action_change(self, what: str) -> None:
        own = self.selecting
        changes = {
            "undo": own.undo, "redo": own.redo, "select_plan": own.select_plan,
            "select_optimum": own.select_optimum, "select_measured": own.select_measured,
            "select_none": own.select_none,
        }  # fmt: skip
        self.attempt(changes[what])

    def action_export(self) -> None:
        self.attempt(lambda: self.course.export(self._folder))

    def action_copy(self) -> None:
        def send() -> None:
            line = self.bench.opened().command_line()
            sent = copy(line, self.copy_to_clipboard)
            self.bench.log(f"{sent}: {line}")
            self.notify(f"{line}\n{sent}", title="command line", markup=False)

        self.attempt(send)

    def open_model(self, reference: str, options: Options | None = None) -> None:
        self._remember_model()
        self.attempt(lambda: self.switching.open(reference, options))

    def action_start(self) -> None:
        from advisor.tui.screens.start import StartScreen

        def opened(reference: str | None) -> None:
            if reference is not None:
                recent = self.appearance.kept.recent_of(reference)
                options = None if recent is None else keeping.forget_unknown(recent.options)
                self.open_model(reference, options)
            elif self.switching.request is None:  # there is nothing to go back to
                self.end(0)

        self._remember_model()
        self.push_screen(StartScreen(self.history, self.appearance.kept.recent), opened)

    def action_theme(self) -> None:
        self.appearance.turn_theme(1)

    def action_pause(self) -> None:
        self.feed.toggle_pause()
        self.main.draw_telemetry()

    def _remember_model(self) -> None:
        if self.bench.session is not None and self.switching.request is not None:
            self.appearance.opened(self.switching.request, self.switching.options)

    def remembered(self) -> Kept:
        """What the next start is to know of this one."""
        self._remember_model()
        return msgspec.structs.replace(
            self.appearance.kept, view=self.main.view_id, sorting=self.main.sorting()
        )

    def _publish(self, shown: Shown) -> None:
        self.main.shown = shown
        if self.is_running and isinstance(self.screen, ListScreen):
            self.screen.take_queue(shown.queue)


def run(
    request: ModelRequest | None,
    options: Options,
    given: Mapping[str, str | bool] | None = None,
    session: Session | None = None,
) -> int:
    """Show the screen until it is left; returns the exit code of the process.

    `given` are settings of the command line; `session` is one that is there already. Raises
    UsageError for a setting that is none, and for a name that no catalogue has.
    """
    chosen = preferences.read_preferences(preferences.default_path(), given or {})
    path = keeping.default_path()
    kept, problem = keeping.read_kept(path)
    app = AdvisorApp(request, options, session=session, chosen=chosen, kept=kept)
    app.said_at_start = problem
    early.hand_over()
    with terminal_to_itself(lambda text: app.post_message(Overheard(text))):
        app.run(mouse=app.appearance.mouse)
    try:
        keeping.write_kept(path, app.remembered())
    except AdvisorError as error:
        sys.stderr.write(f"advisor: {error}\n")
    if app.refusal is not None:
        raise app.refusal
    for written in app.written:
        sys.stdout.write(f"wrote {printable(str(written))}\n")
    return app.return_code or 0
