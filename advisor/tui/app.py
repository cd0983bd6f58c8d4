"""The Textual app: what is composed, which keys there are, and which handler answers what."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from textual import on
from textual.app import App
from textual.binding import Binding

from advisor.errors import AdvisorError
from advisor.history import History
from advisor.measurement.result import ModelRequest
from advisor.session import Options, Session
from advisor.tui import overlays
from advisor.tui.bench import Bench
from advisor.tui.copying import copy
from advisor.tui.course import Course
from advisor.tui.ending import end_on_signals, quiet_traceback, report_thread_faults
from advisor.tui.exporting import export
from advisor.tui.feed import TelemetryFeed
from advisor.tui.keys import FOOTER
from advisor.tui.measuring import Wanted, of_chosen, of_one, of_plan
from advisor.tui.messages import JobFailed, News, TelemetryRead
from advisor.tui.palette import Commands
from advisor.tui.screens.hardware import HardwareScreen
from advisor.tui.screens.main import MainScreen
from advisor.tui.screens.queue import QueueScreen
from advisor.tui.screens.start import StartScreen
from advisor.tui.screens.text import TextScreen
from advisor.tui.shown import Shown
from advisor.tui.switching import Side, Switching
from advisor.tui.widgets.bill_view import BillView
from advisor.tui.widgets.rules_view import RuleList
from advisor.tui.widgets.strategies_view import StrategyList

THEMES = ("textual-dark", "textual-light", "ansi-dark", "ansi-light")
COLOURLESS_THEMES = ("ansi-dark", "ansi-light")
"""Those that send no colour of their own under NO_COLOR."""
QUIT_WITHIN_S = 3.0


class AdvisorApp(App[None], inherit_bindings=False):
    """Handlers and actions only; what they do is in Bench and Course."""

    CSS_PATH = "theme.tcss"
    TITLE = "advisor"
    COMMANDS = {Commands}
    BINDINGS = [
        Binding("m", "measure('chosen')", "measure what is on", id="measure"),
        Binding("M", "measure('plan')", "measure the plan: every step, then all together",
                id="measure_plan", key_display="M"),
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
        Binding("p", "pause", "pause telemetry, resume it", id="pause"),
        Binding("f", "plot('roofline')", "roofline of the operators", id="roofline"),
        Binding("i", "plot('memory')", "what is in memory at its peaks", id="memory"),
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
    ) -> None:
        """`session` is one that is there already, around a model that is profiled.

        With no `request`, the user is asked for a model first.
        """
        colourless = bool(os.environ.get("NO_COLOR"))
        # Known only now, the choice of a theme would come too late for Textual's colour filter.
        super().__init__(ansi_color=True if colourless else None)
        self._session = session
        self._folder = Path.cwd()  # where it was started, also if that is renamed meanwhile
        history = history or History()
        self.bench = Bench(request, self._publish)
        self.course = Course(self.bench, self.post_message, history)
        self.switching = Switching(self.course, history, request, options)
        self._history = history
        self.feed = TelemetryFeed(self.post_message)
        self.main = MainScreen(self.bench.shown, self.feed, list(FOOTER))
        self.written: list[Path] = []
        self._interrupted_at_s: float | None = None
        self._themes = COLOURLESS_THEMES if colourless else THEMES
        self.theme = self._themes[0]

    async def on_mount(self) -> None:
        end_on_signals(self._end)
        report_thread_faults(self.post_message)
        await self.push_screen(self.main)  # whole before the first news comes
        self.feed.start()
        self.call_after_refresh(self.switching.begin, self._session)
        if self.switching.request is None:
            self.action_start()

    @on(News)
    def on_news(self, news: News) -> None:
        if not self.is_running:  # its widgets are being taken down
            return
        self._attempt(lambda: self.course.take(news))
        if isinstance(news, JobFailed):
            self.notify(str(news.error), severity="error", markup=False)

    def on_telemetry_read(self, news: TelemetryRead) -> None:
        if not self.is_running:
            return
        self.feed.take(news.telemetry)
        self.main.draw_telemetry()

    def on_strategy_list_asked(self, asked: StrategyList.Asked) -> None:
        bench, slug = self.bench, asked.slug
        wishes: dict[str, Callable[[], None]] = {
            "toggle": lambda: bench.toggle(slug),
            "lower": lambda: bench.step_level(slug, -1),
            "higher": lambda: bench.step_level(slug, 1),
            "measure": lambda: self.course.measure([of_one(bench.opened(), slug)]),
            "why": lambda: self._show(overlays.manual_screen(bench.opened().snapshot(), slug)),
        }
        self._attempt(wishes[asked.wish])

    def on_bill_view_asked(self, asked: BillView.Asked) -> None:
        self.push_screen(overlays.bill_item_screen(asked.pair))

    def on_rule_list_asked(self, asked: RuleList.Asked) -> None:
        self._attempt(lambda: self._show(overlays.rule_screen(self.bench.opened(), asked.slug)))

    def action_change(self, what: str) -> None:
        bench = self.bench
        changes = {
            "undo": bench.undo, "redo": bench.redo, "select_plan": bench.select_plan,
            "select_optimum": bench.select_optimum, "select_measured": bench.select_measured,
            "select_none": bench.select_none,
        }  # fmt: skip
        self._attempt(changes[what])

    def action_measure(self, wanted: Wanted) -> None:
        def measure() -> None:
            session = self.bench.opened()
            if wanted == "chosen":
                self.course.measure([of_chosen(session)])
                return
            requests, skipped = of_plan(session, self.bench.plan())
            for reason in skipped:
                self.bench.log(reason)
            self.course.measure(requests)

        self._attempt(measure)

    def action_queue(self) -> None:
        def chosen(names: str | None) -> None:
            if names is not None:
                self._attempt(lambda: self.bench.select_named(names))

        self.push_screen(QueueScreen(self.bench.shown.queue), chosen)

    def on_queue_screen_cancel_asked(self, asked: QueueScreen.CancelAsked) -> None:
        number = asked.number
        if number is None:
            self.course.cancel()
        else:
            self._attempt(lambda: self.course.cancel_one(number))

    def action_export(self) -> None:
        self._attempt(self._export)

    def action_copy(self) -> None:
        def send() -> None:
            line = self.bench.opened().command_line()
            sent = copy(line, self.copy_to_clipboard)
            self.bench.log(f"{sent}: {line}")
            self.notify(f"{line}\n{sent}", title="command line", markup=False)

        self._attempt(send)

    def open_model(self, reference: str) -> None:
        self._attempt(lambda: self.switching.open(reference))

    def switch(self, side: Side, name: str) -> None:
        self._attempt(lambda: self.switching.change(side, name))

    def action_start(self) -> None:
        def opened(reference: str | None) -> None:
            if reference is not None:
                self.open_model(reference)
            elif self.switching.request is None:  # there is nothing to go back to
                self._end(0)

        self.push_screen(StartScreen(self._history), opened)

    def action_compare(self) -> None:
        def compare() -> None:
            session = self.bench.opened()
            self.push_screen(HardwareScreen(session.scenario, session.chosen), chosen)

        def chosen(name: str | None) -> None:
            if name is not None:
                self.switch("hardware", name)

        self._attempt(compare)

    def action_plot(self, what: str) -> None:
        screens = {"roofline": overlays.roofline_screen, "memory": overlays.memory_screen}
        self._attempt(lambda: self._show(screens[what](self.bench.opened().scenario)))

    def action_theme(self) -> None:
        themes = self._themes
        self.theme = themes[(themes.index(self.theme) + 1) % len(themes)]

    def action_pause(self) -> None:
        self.feed.toggle_pause()
        self.main.draw_telemetry()

    def action_help(self) -> None:
        self.push_screen(overlays.help_screen(self.BINDINGS))

    def action_interrupt(self) -> None:
        if self.course.cancel():
            return
        now_s, last_s = time.monotonic(), self._interrupted_at_s
        if last_s is not None and now_s - last_s < QUIT_WITHIN_S:
            self._end(int(self.course.exit_code))
        else:
            self._interrupted_at_s = now_s
            self.notify("once more quits", timeout=QUIT_WITHIN_S)

    async def action_quit(self) -> None:
        self._end(int(self.course.exit_code))

    def _end(self, return_code: int) -> None:
        """Leave no process behind, then leave."""
        self.feed.stop()
        self.course.jobs.cancel()
        self.exit(return_code=return_code)

    def _publish(self, shown: Shown) -> None:
        self.main.shown = shown
        if self.is_running and isinstance(self.screen, QueueScreen):
            self.screen.take(shown.queue)

    def _attempt(self, work: Callable[[], None]) -> None:
        """Do what the user asked for; where it cannot be done, say why and go on."""
        try:
            work()
        except AdvisorError as error:
            self.bench.log(str(error), "error")
            self.notify(str(error), severity="warning", markup=False)

    def _show(self, screen: TextScreen) -> None:
        self.push_screen(screen)

    def _export(self) -> None:
        paths = export(self.bench.opened().audit(), self._folder)
        self.written += paths
        names = ", ".join(path.name for path in paths)
        self.bench.log(f"wrote {', '.join(map(str, paths))}")
        self.notify(f"wrote {names}", title="export", markup=False)

    def _fatal_error(self) -> None:
        """Textual's own prints the values of variables with the traceback; these are secret."""
        self._exit_renderables.append(quiet_traceback(self.console))
        self._close_messages_no_wait()


def run(request: ModelRequest | None, options: Options) -> int:
    """Show the screen until it is left; returns the exit code of the process."""
    app = AdvisorApp(request, options)
    app.run()
    for path in app.written:
        sys.stdout.write(f"wrote {path}\n")
    return app.return_code or 0
