"""The Textual app: what is composed, which keys there are, and which handler answers what."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from rich.console import RenderableType
from textual import on
from textual._compositor import CompositorUpdate
from textual.binding import Binding
from textual.command import CommandPalette
from textual.events import Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Input

from advisor.errors import AdvisorError
from advisor.tui import early, looks, preferences
from advisor.tui import kept as keeping
from advisor.tui.appearance import Appearance
from advisor.tui.bench import Bench
from advisor.tui.copying import copy
from advisor.tui.course import Course
from advisor.tui.descriptors import terminal_to_itself
from advisor.tui.ending import end_on_signals, has_hung_up, quiet_traceback, report_thread_faults
from advisor.tui.feed import TelemetryFeed
from advisor.tui.kept import Kept
from advisor.tui.laying import Laying
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
    from advisor.tui.widgets.bill_view import BillView
    from advisor.tui.widgets.rules_view import RuleList
    from advisor.tui.widgets.strategies_view import StrategyList

QUIT_WITHIN_S = 3.0
HANG_UP_SEEN_WITHIN_S = 0.5


class AdvisorApp(Laying, inherit_bindings=False):
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
        self._wire = Wire()
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
        self._interrupted_at_s: float | None = None
        self.appearance.apply()

    async def on_mount(self) -> None:
        end_on_signals(self._end)
        if not self.is_headless:
            self.set_interval(HANG_UP_SEEN_WITHIN_S, self._end_if_hung_up)
        report_thread_faults(self.post_message)
        self.app_resume_signal.subscribe(self, lambda _: self._wire.forget())
        self.set_keymap(dict(self.keys_chosen))
        await self.push_screen(self.main)  # whole before the first news comes
        self.call_after_refresh(self._begin)
        self._fit(self.size)
        if self.said_at_start is not None:
            self.bench.log(self.said_at_start, "error")

    def _begin(self) -> None:
        """What has not been imported yet is, beside the worker that profiles the model."""
        self.loading.start(lambda: self.post_message(Loaded()))
        self.switching.begin(self._session)
        if self.switching.request is None:
            self.action_start()

    def on_loaded(self, _news: Loaded) -> None:
        if self.is_running:
            self.feed.start()

    @property
    def history(self) -> History:
        if self._history is None:
            from advisor.history import History

            self._history = History()
        return self._history

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
                self._end(int(error.exit_code))
            case JobFailed(error=error):
                self.notify(str(error), severity="error", markup=False)
            case Exported(paths=paths):
                self.written += paths
                names = ", ".join(path.name for path in paths)
                self.notify(f"wrote {names}", title="export", markup=False)
            case ExportFailed(error=error):
                self.notify(str(error), severity="warning", markup=False)

    def on_resize(self, event: Resize) -> None:
        self._wire.forget()  # what terminals do with what they showed differs
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

    def on_strategy_list_asked(self, asked: StrategyList.Asked) -> None:
        from advisor.tui import overlays
        from advisor.tui.measuring import of_one

        bench, selecting, slug = self.bench, self.selecting, asked.slug
        wishes: dict[str, Callable[[], None]] = {
            "toggle": lambda: selecting.toggle(slug),
            "lower": lambda: selecting.step_level(slug, -1),
            "higher": lambda: selecting.step_level(slug, 1),
            "parameter": lambda: selecting.step_next_parameter(slug),
            "measure": lambda: self.course.measure([of_one(bench.opened(), slug)]),
            "why": lambda: self.lay(overlays.manual_screen(bench.opened().snapshot(), slug)),
        }
        self.attempt(wishes[asked.wish])

    def on_bill_view_asked(self, asked: BillView.Asked) -> None:
        from advisor.tui import overlays

        self.push_screen(overlays.bill_item_screen(asked.pair))

    def on_rule_list_asked(self, asked: RuleList.Asked) -> None:
        from advisor.tui import overlays

        self.attempt(lambda: self.lay(overlays.rule_screen(self.bench.opened(), asked.slug)))

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
                self._end(0)

        self._remember_model()
        self.push_screen(StartScreen(self.history, self.appearance.kept.recent), opened)

    def action_theme(self) -> None:
        self.appearance.turn_theme(1)

    def action_settings(self) -> None:
        from advisor.tui import overlays
        from advisor.tui.screens.settings import SettingsScreen

        appearance = self.appearance
        self.push_screen(SettingsScreen(appearance.settings, overlays.files(), appearance.change))

    def action_redraw(self) -> None:
        self._wire.forget()
        self.refresh(layout=True)

    def action_command_palette(self) -> None:
        def still() -> None:
            if isinstance(self.screen, CommandPalette):
                self.screen.query_one(Input).cursor_blink = False

        super().action_command_palette()
        self.call_after_refresh(still)

    def action_pause(self) -> None:
        self.feed.toggle_pause()
        self.main.draw_telemetry()

    def action_help(self) -> None:
        from advisor.tui import overlays

        self.push_screen(overlays.help_screen(self.BINDINGS, self.keys_chosen))

    def action_interrupt(self) -> None:
        if self.course.cancel():
            return
        now_s, last_s = time.monotonic(), self._interrupted_at_s
        if last_s is not None and now_s - last_s < QUIT_WITHIN_S:
            self._end(int(self.course.exit_code))
        else:
            self._interrupted_at_s = now_s
            self.notify("once more quits", timeout=QUIT_WITHIN_S)

    def _remember_model(self) -> None:
        if self.bench.session is not None and self.switching.request is not None:
            self.appearance.opened(self.switching.request, self.switching.options)

    def remembered(self) -> Kept:
        """What the next start is to know of this one."""
        self._remember_model()
        return msgspec.structs.replace(
            self.appearance.kept, view=self.main.view_id, sorting=self.main.sorting()
        )

    async def action_quit(self) -> None:
        self._end(int(self.course.exit_code))

    def _end(self, return_code: int) -> None:
        """Leave no process behind, then leave."""
        self._stop()
        self.exit(return_code=return_code)

    def on_unmount(self) -> None:
        """Whatever ended the app, nothing of it goes on."""
        self._stop()

    def _stop(self) -> None:
        self.feed.stop()
        self.course.end()

    def _end_if_hung_up(self) -> None:
        if has_hung_up():
            self._end(128 + signal.SIGHUP)

    def _publish(self, shown: Shown) -> None:
        self.main.shown = shown
        if self.is_running and isinstance(self.screen, ListScreen):
            self.screen.take_queue(shown.queue)

    def get_line_filters(self) -> list[LineFilter]:
        own = self.appearance.filter
        return [*super().get_line_filters(), *([own] if own.enabled else [])]

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Textual's own sends whole lines; the cells that changed are enough."""
        if isinstance(renderable, CompositorUpdate):
            renderable = self._wire.thinned(renderable)
        super()._display(screen, renderable)

    def _fatal_error(self) -> None:
        """Textual's own prints the values of variables with the traceback; these are secret."""
        self._exit_renderables.append(quiet_traceback(self.console))
        self._close_messages_no_wait()


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
