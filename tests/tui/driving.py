"""For each binding, by its id: what is looked at before and after it is pressed, and where."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from textual.pilot import Pilot
from textual.widgets import Input

from advisor.tui.app import AdvisorApp
from advisor.tui.screens.listing import ListScreen
from advisor.tui.screens.main import VIEWS
from advisor.tui.screens.start import StartScreen
from advisor.tui.widgets.line_view import LineView
from advisor.tui.widgets.operators_view import OperatorList
from advisor.tui.widgets.sifted_list import SiftedList
from tests.tui.screen import put_cursor_on, screen_text

Look = Callable[[AdvisorApp], object]


@dataclass(frozen=True)
class Case:
    """`look` finds another value after the key than before; `first` are keys pressed before."""

    look: Look
    first: tuple[str, ...] = ()
    at: str | None = None
    """The strategy to put the cursor on."""


def focused(app: AdvisorApp) -> LineView:
    view = app.focused
    assert isinstance(view, LineView)
    return view


def place(app: AdvisorApp) -> object:
    """Where the cursor is, or where the text is scrolled to."""
    if isinstance(app.screen, StartScreen):
        return app.screen.query_one(SiftedList).cursor
    view = focused(app)
    return view.cursor if view.cursor_shown else view.scroll_offset.y


def sieve(app: AdvisorApp) -> object:
    view = app.focused
    return view.sieve if isinstance(view, SiftedList) else None


def chosen(app: AdvisorApp) -> object:
    return [str(each) for each in app.bench.opened().chosen]


def stepped(app: AdvisorApp) -> object:
    return app.bench.opened().switches.stepped("zero")


def screen(app: AdvisorApp) -> object:
    return type(app.screen)


def logged(app: AdvisorApp) -> object:
    return len(app.bench.shown.log)


def folded(app: AdvisorApp) -> object:
    return app.screen.query_one(OperatorList).counted


def typing(app: AdvisorApp) -> object:
    return isinstance(app.focused, Input)


def setting(app: AdvisorApp) -> object:
    return app.appearance.theme


def view(app: AdvisorApp) -> object:
    return app.main.view_id


def aim(app: AdvisorApp) -> object:
    return app.bench.opened().goal


def queued(app: AdvisorApp) -> object:
    return [each.state for each in app.bench.shown.queue]


def is_running(app: AdvisorApp) -> object:
    return app.return_code


CASES: Mapping[str, Case] = {
    # lines
    "up": Case(place, ("down", "down")), "down": Case(place), "page_down": Case(place),
    "page_up": Case(place, ("pagedown",)), "last": Case(place), "first": Case(place, ("end",)),
    # lists
    "filter": Case(typing), "sort": Case(sieve), "reverse": Case(sieve),
    "clear": Case(sieve, ("s",)),
    "filter_clear": Case(typing, ("slash", "a")), "filter_leave": Case(typing, ("slash", "a")),
    # strategies, bill, operators
    "toggle": Case(chosen, at="bf16"), "higher": Case(chosen, ("space",), at="fsdp"),
    "lower": Case(chosen, ("space", "right"), at="fsdp"), "why": Case(screen),
    "parameter": Case(stepped, at="zero"),
    "detail": Case(screen), "tree": Case(lambda app: app.screen.query_one(OperatorList).is_tree),
    "fold": Case(folded, ("v",)), "unfold": Case(folded, ("v", "h")),
    # the whole program
    "measure": Case(queued), "measure_training": Case(queued), "measure_plan": Case(logged),
    "measure_alone": Case(queued, at="bf16"),
    "queue": Case(screen), "front": Case(screen), "history": Case(screen),
    "undo": Case(chosen, ("space",), at="bf16"), "redo": Case(chosen, ("space", "u"), at="bf16"),
    "plan_on": Case(logged), "optimum_on": Case(logged), "measured_on": Case(logged),
    "none_on": Case(chosen, ("space",), at="bf16"), "export": Case(lambda app: len(app.written)),
    "copy": Case(lambda app: app.clipboard), "theme": Case(setting), "settings": Case(screen),
    "redraw": Case(lambda app: id(app.wire._rows)), "pause": Case(lambda app: app.feed.paused),
    "roofline": Case(screen), "memory": Case(screen), "open": Case(screen),
    "compare": Case(screen), "palette": Case(screen), "help": Case(screen),
    "interrupt": Case(lambda app: app.interrupted_at_s), "quit": Case(is_running),
    # views
    **{each.id: Case(view, ("tab",) if each is VIEWS[0] else ()) for each in VIEWS},
    "next_view": Case(view), "previous_view": Case(view),
    # laid over
    "close": Case(screen), "choose": Case(screen), "list_help": Case(screen),
    "front_on": Case(screen), "rule_detail": Case(screen), "measured_one_on": Case(screen),
    "cancel_one": Case(queued, ("end",)), "cancel_all": Case(queued), "setting_next": Case(setting),
    "setting_previous": Case(setting),
    "budgets": Case(screen), "budget_edit": Case(typing, ("j",)), "budget_close": Case(screen),
    "budget_next": Case(aim), "budget_previous": Case(aim),
    "start_open": Case(screen), "start_leave": Case(is_running), "start_down": Case(place),
    "start_up": Case(place, ("down",)), "start_page_down": Case(place),
    "start_page_up": Case(place, ("pagedown",)),
}  # fmt: skip

WAYS: Mapping[str, tuple[str, ...]] = {
    "LineView": ("2",), "SiftedList": (), "StrategyList": (), "BillView": ("2",),
    "OperatorList": ("3",), "FilterLine": (), "MainScreen": (), "AdvisorApp": (),
    "TextScreen": ("question_mark",), "HardwareScreen": ("c",), "SettingsScreen": ("comma",),
    "StartScreen": (), "TooSmallScreen": (), "RuleList": ("5",), "ListScreen": ("H",),
    "HistoryScreen": ("H",), "FrontScreen": ("F",), "BudgetsScreen": ("b",),
    "QueueScreen": ("m", "0", "space", "m", "J"),
}  # fmt: skip
"""The keys that lead to where the bindings of each class listen."""


ENDING = frozenset({"quit", "start_open", "start_leave"})
"""What ends the program, or the screen it is asked on, so that nothing can be driven after it."""


async def reset(pilot: Pilot[None], app: AdvisorApp) -> None:
    """Bring the app back to its first view, with nothing on, sifted, typed or laid over."""
    await pilot.resize_terminal(80, 24)
    await pilot.pause()
    while app.screen is not app.main:
        await app.pop_screen()
    if isinstance(app.focused, Input):
        await pilot.press("escape")
    for each in app.main.query(SiftedList):
        each.action_clear()
    operators = app.main.query_one(OperatorList)
    operators._folded = frozenset()
    if operators.is_tree:
        operators.action_turn()
    for line_view in app.main.query(LineView):
        line_view.move_to(0)
    app.course.jobs.ended()
    app.bench.show_queue(())
    app.selecting.select_none()
    app.main.action_view(0)
    await pilot.pause()


async def lead(pilot: Pilot[None], app: AdvisorApp, kind: str, case: Case) -> None:
    """Bring the app to where bindings of `kind` listen, with what `case` wants there."""
    if kind == "TooSmallScreen":
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
    await pilot.press(*WAYS[kind])
    await pilot.pause()
    if kind in {"HardwareScreen", "FrontScreen"}:  # these are worked out in a thread
        assert isinstance(app.screen, ListScreen)
        deadline_s = time.monotonic() + 60
        while app.screen.entries(60) is None:
            assert time.monotonic() < deadline_s, screen_text(app)
            await pilot.pause(0.05)
        await pilot.pause()
    if case.at is not None:
        await put_cursor_on(pilot, case.at)
    await pilot.press(*case.first)
    await pilot.pause()
