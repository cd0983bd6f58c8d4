"""Budgets and objectives are changed on the screen, and hold for everything at once."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from advisor.errors import UsageError
from advisor.session_options import Options
from advisor.tui.app import AdvisorApp
from advisor.tui.budgets import DAYS, UP_FRONT, with_budget, with_next_aim
from tests.tui.conftest import MakeApp
from tests.tui.screen import opened, screen_text

pytestmark = pytest.mark.usefixtures("no_plan")
LATENCY = "serving.latency_objective_ms"


async def write(pilot: Pilot[None], downs: int, text: str) -> None:
    """Type `text` for the budget so far below the first; closes what lies over the main screen."""
    await pilot.press("b", *["j"] * downs, "enter", "ctrl+u", *text, "enter")
    await pilot.pause()
    await pilot.pause()


def objective(app: AdvisorApp) -> float | None:
    return app.bench.opened().scenario.workload.serving.latency_objective_ms


async def test_what_is_typed_holds_and_is_in_the_command_line(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        before = objective(app)
        await write(pilot, 3, "12.5")
        assert objective(app) == 12.5
        assert "ms; yours" in screen_text(app)
        assert f"--set {LATENCY}=12.5" in app.bench.opened().command_line()
        await pilot.press("escape")
        await write(pilot, 3, "")
        assert objective(app) == before
        await pilot.press("escape")
        await write(pilot, 1, "4")
        assert app.bench.opened().goal.max_days == 4
        assert "--max-days 4" in app.bench.opened().command_line()


@pytest.mark.parametrize(("downs", "text"), [(1, "soon"), (1, "-1"), (3, "0"), (6, "2")])
async def test_what_cannot_be_is_refused_and_changes_nothing(
    make_app: MakeApp, downs: int, text: str
) -> None:
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        before = app.bench.session
        await write(pilot, downs, text)
        assert app.bench.session is before
        assert text in app.bench.shown.log[-1].text


async def test_what_is_left_as_it_is_changes_nothing(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        before = app.bench.session
        await pilot.press("b", "j", "j", "j", "j", "j", "j", "enter", "enter")
        await pilot.pause()
        assert app.bench.session is before


def test_a_limit_is_shared_to_the_dollar() -> None:
    asked = with_budget(Options(), UP_FRONT, "1234567.25").goal
    assert asked is not None
    assert asked.words() == ["--max-upfront", "1234567.25"]


async def test_what_is_on_stays_on_under_another_aim(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("space", "b", "right")
        await pilot.pause()
        await pilot.pause()
        assert app.bench.opened().goal.objective == "latency"
        assert len(app.bench.opened().chosen) == 1
        assert "‹ latency" in screen_text(app)


def test_limits_of_the_work_are_kept_apart() -> None:
    asked = with_budget(with_budget(Options(), DAYS, "3"), UP_FRONT, "5000")
    assert asked.goal is not None
    assert (asked.goal.max_days, asked.goal.max_up_front_usd) == (3, 5000)
    lifted = with_budget(asked, DAYS, " ").goal
    assert lifted is not None
    assert (lifted.max_days, lifted.max_up_front_usd) == (None, 5000)
    with pytest.raises(UsageError, match="work in days: 'nine' is no number"):
        with_budget(asked, DAYS, "nine")


def test_a_later_figure_takes_the_place_of_an_earlier_one() -> None:
    asked = Options(settings=(f"{LATENCY}=10", "horizon_months=12"))
    assert with_budget(asked, LATENCY, "20").settings == ("horizon_months=12", f"{LATENCY}=20")
    assert with_budget(asked, LATENCY, "").settings == ("horizon_months=12",)


def test_aims_follow_each_other_around() -> None:
    around = Options()
    for _ in range(4):
        around = with_next_aim(around, 1)
    assert around.goal is not None
    assert around.goal.objective == "cost"
    back = with_next_aim(Options(), -1).goal
    assert back is not None
    assert back.objective == "energy"
