"""What lays a screen over the main one, and what is done with what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import App

from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.history import History
    from advisor.tui.bench import Bench
    from advisor.tui.course import Course
    from advisor.tui.measuring import Wanted
    from advisor.tui.screens.queue import QueueScreen
    from advisor.tui.screens.text import TextScreen
    from advisor.tui.selecting import Selecting
    from advisor.tui.switching import Side, Switching


class Laying(App[None], inherit_bindings=False):
    """The part of the program that measures, compares and plots; its keys are the program's."""

    bench: Bench
    selecting: Selecting
    course: Course
    switching: Switching

    @property
    def history(self) -> History:
        """What was measured on this machine; opened when it is asked for."""
        raise NotImplementedError

    def action_measure(self, wanted: Wanted) -> None:
        from advisor.tui.measuring import OF_ONE_RUN, of_plan

        def measure() -> None:
            session = self.bench.opened()
            if wanted != "plan":
                self.course.measure([OF_ONE_RUN[wanted](session)])
                return
            requests, skipped = of_plan(session, self.bench.plan())
            for reason in skipped:
                self.bench.log(reason)
            self.course.measure(requests)

        self.attempt(measure)

    def action_queue(self) -> None:
        from advisor.tui.screens.queue import QueueScreen

        self.push_screen(QueueScreen(self.bench.shown.queue), self._select_named)

    def action_front(self) -> None:
        from advisor.tui.screens.front import FrontScreen

        def show() -> None:
            session = self.bench.opened()
            self.push_screen(FrontScreen(session.snapshot(), session.goal), self._select_named)

        self.attempt(show)

    def action_history(self) -> None:
        from advisor.tui.screens.history import HistoryScreen

        self.push_screen(HistoryScreen(self.history))

    def _select_named(self, names: str | None) -> None:
        """Switch on what a list gave back; nothing was chosen where that is None."""
        if names is not None:
            self.attempt(lambda: self.selecting.select_named(names))

    def on_queue_screen_cancel_asked(self, asked: QueueScreen.CancelAsked) -> None:
        number = asked.number
        if number is None:
            self.course.cancel()
        else:
            self.attempt(lambda: self.course.cancel_one(number))

    def action_compare(self) -> None:
        from advisor.tui.screens.hardware import HardwareScreen

        def compare() -> None:
            session = self.bench.opened()
            self.push_screen(HardwareScreen(session.scenario, session.chosen), chosen)

        def chosen(name: str | None) -> None:
            if name is not None:
                self.switch("hardware", name)

        self.attempt(compare)

    def action_plot(self, what: str) -> None:
        from advisor.tui import overlays

        screens = {"roofline": overlays.roofline_screen, "memory": overlays.memory_screen}
        self.attempt(lambda: self.lay(screens[what](self.bench.opened().scenario)))

    def switch(self, side: Side, name: str) -> None:
        self.attempt(lambda: self.switching.change(side, name))

    def attempt(self, work: Callable[[], None]) -> None:
        """Do what the user asked for; where it cannot be done, say why and go on."""
        try:
            work()
        except AdvisorError as error:
            self.bench.log(str(error), "error")
            self.notify(str(error), severity="warning", markup=False)

    def lay(self, screen: TextScreen) -> None:
        self.push_screen(screen)
