"""What lays a screen over the main one, what is done with what it gives back, what views ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import App

from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.history import History
    from advisor.session_options import Options
    from advisor.tui.appearance import Appearance
    from advisor.tui.bench import Bench
    from advisor.tui.course import Course
    from advisor.tui.keys import Keymap
    from advisor.tui.measuring import Wanted
    from advisor.tui.screens.queue import QueueScreen
    from advisor.tui.screens.text import TextScreen
    from advisor.tui.selecting import Selecting
    from advisor.tui.switching import Side, Switching
    from advisor.tui.widgets.bill_view import BillView
    from advisor.tui.widgets.rules_view import RuleList
    from advisor.tui.widgets.strategies_view import StrategyList


class Laying(App[None], inherit_bindings=False):
    """The part of the program that measures, compares and plots; its keys are the program's."""

    bench: Bench
    selecting: Selecting
    course: Course
    switching: Switching
    appearance: Appearance
    keys_chosen: Keymap

    _history: History | None

    @property
    def history(self) -> History:
        """What was measured on this machine; opened when it is asked for."""
        if self._history is None:
            from advisor.history import History

            self._history = History()
        return self._history

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

    def action_settings(self) -> None:
        from advisor.tui import overlays
        from advisor.tui.screens.settings import SettingsScreen

        appearance = self.appearance
        self.push_screen(SettingsScreen(appearance.settings, overlays.files(), appearance.change))

    def action_budgets(self) -> None:
        from advisor.tui import budgets
        from advisor.tui.screens.budgets import BudgetsScreen

        switching = self.switching

        def look(options: Options) -> None:
            self.attempt(lambda: switching.look(options))

        def write(name: str, text: str) -> None:
            self.attempt(lambda: switching.look(budgets.with_budget(switching.options, name, text)))

        def show() -> None:
            self.bench.opened()  # there are none of a model that is not profiled
            self.push_screen(
                BudgetsScreen(
                    lambda: budgets.budgets(self.bench.opened(), switching.options),
                    write,
                    lambda steps: look(budgets.with_next_aim(switching.options, steps)),
                )
            )

        self.attempt(show)

    def action_help(self) -> None:
        from advisor.tui import overlays

        self.push_screen(overlays.help_screen(self.BINDINGS, self.keys_chosen))

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
