"""The texts that are laid over the main screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.binding import BindingType

from advisor import history
from advisor.advice.rule import rule_by_slug
from advisor.catalog import locate
from advisor.tui import kept, preferences
from advisor.tui.copying import copied_path
from advisor.tui.keys import Keymap, named
from advisor.tui.render.bill_item import Pair, item_lines, item_title
from advisor.tui.render.help import help_lines
from advisor.tui.render.memory_course import memory_lines
from advisor.tui.render.roofline import HEIGHT, roofline, roofline_lines
from advisor.tui.render.rule_entries import rule_manual_lines
from advisor.tui.render.why import manual_lines
from advisor.tui.screens.budgets import BudgetsScreen
from advisor.tui.screens.front import FrontScreen
from advisor.tui.screens.hardware import HardwareScreen
from advisor.tui.screens.main import MainScreen
from advisor.tui.screens.queue import QueueScreen
from advisor.tui.screens.text import TextScreen
from advisor.tui.widgets.bill_view import BillView
from advisor.tui.widgets.line_view import LineView
from advisor.tui.widgets.operators_view import OperatorList
from advisor.tui.widgets.rules_view import RuleList
from advisor.tui.widgets.sifted_list import SiftedList
from advisor.tui.widgets.strategies_view import StrategyList

if TYPE_CHECKING:
    from advisor.projection.scenario import Scenario
    from advisor.session import Session
    from advisor.session_snapshot import Snapshot


def help_screen(everywhere: Sequence[BindingType], keymap: Keymap) -> TextScreen:
    groups = [
        ("strategies", named(StrategyList.BINDINGS, keymap)),
        ("bill", named(BillView.BINDINGS, keymap)),
        ("operators", named(OperatorList.BINDINGS, keymap)),
        ("rules", named(RuleList.BINDINGS, keymap)),
        ("everywhere", named(everywhere, keymap)),
        ("measurements", named(QueueScreen.OWN, keymap)),
        ("hardware", named(HardwareScreen.OWN, keymap)),
        ("cost against quality", named(FrontScreen.OWN, keymap)),
        ("budgets", named(BudgetsScreen.BINDINGS, keymap)),
        ("views", named(MainScreen.BINDINGS, keymap)),
        ("lines", named(LineView.BINDINGS, keymap)),
        ("lists", named(SiftedList.BINDINGS, keymap)),
    ]
    return TextScreen(
        "keys, each with its id for screen.toml", lambda width: help_lines(groups, width)
    )


def files() -> list[tuple[str, str]]:
    """Where the user's files lie: what each is, and its path."""
    return [
        ("settings", str(preferences.default_path())),
        ("state", str(kept.default_path())),
        ("copied", str(copied_path())),
        ("history", str(history.default_path())),
        ("profiles", str(locate.user_folder())),
        ("figures", str(locate.own_figures_path())),
    ]


def bill_item_screen(pair: Pair) -> TextScreen:
    return TextScreen(item_title(pair), lambda width: item_lines(pair, width))


def manual_screen(snapshot: Snapshot, slug: str) -> TextScreen:
    row = next(row for row in snapshot.rows if row.choice.slug == slug)
    title = row.choice.strategy.title
    return TextScreen(title, lambda width: manual_lines(snapshot, row, width))


def rule_screen(session: Session, slug: str) -> TextScreen:
    rule = rule_by_slug(slug)
    said = next((each for each in session.advice()[1] if each.rule == slug), None)
    return TextScreen(slug, lambda width: rule_manual_lines(rule, said, width))


def roofline_screen(scenario: Scenario) -> TextScreen:
    found = roofline(scenario)
    title = f"roofline on {scenario.hardware.id}"
    return TextScreen(
        title, lambda width: roofline_lines(found, width, max(HEIGHT, width // 6)), is_plot=True
    )


def memory_screen(scenario: Scenario) -> TextScreen:
    held, on_processor = scenario.profile.memory, scenario.hardware.is_cpu
    return TextScreen("memory", lambda width: memory_lines(held, on_processor, width), is_plot=True)
