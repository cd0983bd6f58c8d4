"""Switching strategies: every figure on the screen is that of the session, at once."""

from __future__ import annotations

import re

import pytest

from advisor import units
from advisor.errors import UsageError
from advisor.projection.result import COMPONENT_TITLES, COMPONENTS, Component
from advisor.tui.app import AdvisorApp
from advisor.tui.render.bill_bars import SIGNS
from advisor.tui.screens.main import TALL
from advisor.tui.widgets.strategies_view import StrategyList
from tests.tui.conftest import MakeApp
from tests.tui.screen import SIZES, opened, put_cursor_on, row, screen_text, settle

both_sizes = pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])


def costs_on_screen(app: AdvisorApp) -> dict[Component, tuple[str, ...]]:
    """Before, projected and change of each component; its change alone where that is all there is.

    A short terminal has a legend in place of the table.
    """
    found: dict[Component, tuple[str, ...]] = {}
    for component, sign in SIGNS.items():
        title = COMPONENT_TITLES[component]
        if is_tall(app):
            found[component] = tuple(row(app, f"{sign} {title}").split(title, 1)[1].split()[:3])
        else:
            legend = row(app, f"{SIGNS['hardware']} hardware")
            figure = re.search(rf"{sign} (?:{title}|train & deploy) (\S+)", legend)
            assert figure is not None, legend
            found[component] = (figure[1],)
    return found


def is_tall(app: AdvisorApp) -> bool:
    return app.size.height >= TALL


def costs_projected(app: AdvisorApp) -> dict[Component, tuple[str, ...]]:
    snapshot = app.bench.opened().snapshot()
    found: dict[Component, tuple[str, ...]] = {}
    for component in COMPONENTS:
        old = snapshot.before.bill.total(component).expected
        new = snapshot.selected.bill.total(component).expected
        delta = units.delta_usd(new - old)
        found[component] = (units.usd(old), units.usd(new), delta) if is_tall(app) else (delta,)
    return found


@both_sizes
async def test_toggle_changes_the_four_costs_at_once(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        before = costs_on_screen(app)
        await put_cursor_on(pilot, "bf16")
        await pilot.press("space")
        await pilot.pause()
        after = costs_on_screen(app)
        assert after == costs_projected(app)
        assert after["human"] != before["human"]
        assert after["training_and_deployment"] != before["training_and_deployment"]
        assert "[x]" in row(app, "[x]")


@both_sizes
async def test_undo_and_redo(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        start = costs_on_screen(app)
        await put_cursor_on(pilot, "bf16")
        await pilot.press("space")
        await pilot.pause()
        switched = costs_on_screen(app)
        await pilot.press("u")
        await pilot.pause()
        assert costs_on_screen(app) == start
        await pilot.press("U")
        await pilot.pause()
        assert costs_on_screen(app) == switched != start


async def test_level_steps_with_the_arrows(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        await put_cursor_on(pilot, "fsdp")
        await pilot.press("right", "right", "left")
        await pilot.pause()
        assert str(app.bench.opened().chosen[0]) == "fsdp:gpus=16"
        assert "16" in row(app, "[x]")


async def test_any_parameter_of_a_strategy_is_stepped_and_shown_as_such(
    make_app: MakeApp,
) -> None:
    app = make_app()
    async with app.run_test(size=(140, 40)) as pilot:
        await opened(pilot)
        await put_cursor_on(pilot, "zero")
        assert "‹gpus›" in screen_text(app)
        await pilot.press("P", "left")
        await pilot.pause()
        assert str(app.bench.opened().chosen[0]) == "zero:stage=1"
        assert "8 ‹1›" in row(app, "[x]")
        assert "‹stage› 1 of 1, 2" in screen_text(app)
        await pilot.press("P", "left")
        await pilot.pause()
        assert str(app.bench.opened().chosen[0]) == "zero:gpus=4:stage=1"
        with pytest.raises(UsageError, match="fsdp has only gpus"):
            app.selecting.step_next_parameter("fsdp")
        with pytest.raises(UsageError, match="bf16 has no parameter"):
            app.selecting.step_next_parameter("bf16")


async def test_strategies_stand_under_their_families_and_the_cursor_passes_over(
    make_app: MakeApp,
) -> None:
    app = make_app()
    async with app.run_test(size=(140, 40)) as pilot:
        await opened(pilot)
        found = app.screen.query_one(StrategyList)
        headings = [at for at, index in enumerate(found.order) if index < 0]
        assert headings[0] == 0
        assert found.cursor == 1
        for title in ("precision", "quantization", "pruning"):
            assert f"─ {title} ─" in screen_text(app)
        await put_cursor_on(pilot, "fp8")
        below = found.cursor
        await pilot.press("up")
        assert found.slug == "tf32"
        assert found.cursor == below - 2
        await pilot.press("down", "home")
        assert found.slug == found.slugs[0]
        await pilot.press("s")
        assert all(index >= 0 for index in found.order), "sorted by cost there are no families"


async def test_conflict_is_a_message_and_changes_nothing(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await put_cursor_on(pilot, "int8-weight-only")
        await pilot.press("space")
        await put_cursor_on(pilot, "int8-dynamic")
        await pilot.press("space")
        await pilot.pause()
        assert [str(choice) for choice in app.bench.opened().chosen] == ["int8-weight-only"]
        assert "conflicts" in app.bench.shown.log[-1].text
        assert "[!]" in screen_text(app)


async def test_r_switches_on_what_the_plan_recommends(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        plan = app.bench.shown.plan
        assert plan is not None
        assert plan.chosen, "this scenario has a plan with steps"
        await pilot.press("r")
        await pilot.pause()
        assert app.bench.opened().chosen == plan.chosen
        total = units.usd(plan.after.bill.total().expected)
        assert total in row(app, "projected")


async def test_every_delta_shows_what_it_stands_on(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        lines = [line for line in screen_text(app).splitlines() if line[1:4] in ("[ ]", "[x]")]
        assert lines
        assert "projected range" in row(app, "strategy")
        assert all(re.search(r"[+-]\$[\d,.]+ (±|≈0)", line) for line in lines)
