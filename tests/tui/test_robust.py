"""What must leave the screen standing and readable: sizes, sizes of models, workers, drivers."""

from __future__ import annotations

import random
import time
from pathlib import Path

import psutil
import pytest
from rich.cells import cell_len

from advisor.tui.widgets.operators_view import OperatorList
from advisor.tui.widgets.sifted_list import SiftedList
from advisor.tui.widgets.strategies_view import StrategyList
from tests.tui.conftest import MakeApp
from tests.tui.held import with_modules
from tests.tui.screen import opened, put_cursor_on, screen_lines, screen_text, until
from tests.tui.test_measuring import app_for

no_plan = pytest.mark.usefixtures("no_plan")


@no_plan
async def test_resizing_keeps_cursor_filter_sorting_and_selection(make_app: MakeApp) -> None:
    app = make_app()
    sizes = random.Random(8)
    async with app.run_test(size=(200, 60)) as pilot:
        await opened(pilot)
        await pilot.press("slash", *"quant", "enter", "s")
        await put_cursor_on(pilot, "int8-weight-only")
        await pilot.press("space")
        await pilot.pause()
        strategies = app.main.query_one(StrategyList)
        before = (strategies.slugs, strategies.cursor, strategies.sieve, app.bench.opened().chosen)
        for width, height in [
            (20, 5), *((sizes.randint(20, 200), sizes.randint(5, 60)) for _ in range(20)), (1, 1),
            (80, 24),
        ]:  # fmt: skip
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            lines = screen_lines(app)
            assert all(cell_len(line) == width for line in lines)
            if width >= 60 and height >= 16:
                assert "advisor needs" not in lines[0]
        await pilot.pause()
        assert before == (
            strategies.slugs, strategies.cursor, strategies.sieve, app.bench.opened().chosen,
        )  # fmt: skip
        assert ">[x]" in screen_text(app)
        assert "effect of 1 on" in screen_text(app)


@no_plan
@pytest.mark.parametrize("keys", [("question_mark",), ("c",), ("comma",), ("o",), ("colon",)])
async def test_what_is_laid_over_gives_way_to_the_word_and_comes_back(
    make_app: MakeApp, keys: tuple[str, ...]
) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press(*keys)
        await pilot.pause(0.2)
        there = app.screen
        await pilot.resize_terminal(59, 24)
        await pilot.pause(0.1)
        assert screen_text(app).strip() == "advisor needs 60×16; this terminal is 59×24"
        await pilot.press("m", "space", "escape")
        await pilot.resize_terminal(60, 16)
        await pilot.pause(0.1)
        assert app.screen is there


@no_plan
async def test_a_start_in_a_tiny_terminal_says_so(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(30, 8)) as pilot:
        await opened(pilot)
        assert "advisor needs 60×16;" in " ".join(screen_text(app).split())
        await pilot.press("q")
    assert app.return_code == 0


@no_plan
async def test_ten_thousand_modules_do_not_stall(make_app: MakeApp) -> None:
    """The limits here are of a busy machine; the benchmark holds the real ones."""
    app = make_app(with_modules(10_000))
    async with app.run_test(size=(140, 40)) as pilot:
        await opened(pilot)
        await pilot.press("3")
        operators = app.main.query_one(OperatorList)
        for keys in (("G",), ("g",), ("s",), ("S",), ("v",), ("v",), ("slash", *"9.1", "enter")):
            started = time.monotonic()
            await pilot.press(*keys)
            await pilot.pause()
            assert time.monotonic() - started < 5
        assert 0 < len(operators.order) < 10_000
        assert f"of {10_000:,}" in screen_text(app)


async def test_a_worker_that_is_killed_is_a_failure_with_its_cause(
    toy: str, tmp_path: Path
) -> None:
    app = app_for(toy, tmp_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: app.bench.session is not None)
        await pilot.press("m")
        await until(pilot, lambda: app.bench.shown.activity.fraction > 0)
        for worker in psutil.Process().children():
            worker.kill()
        await until(pilot, lambda: app.bench.shown.failure is not None)
        assert "failed: " in screen_text(app)
        assert "kill" in (app.bench.shown.failure or "").lower()
        await pilot.press("j", "space")
        assert app.bench.opened().chosen


@no_plan
async def test_lists_of_nothing_are_no_fault(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("slash", *"no such", "enter")
        for key in ("j", "k", "space", "left", "w", "G", "pageup", "s", "S"):
            await pilot.press(key)
        await pilot.pause()
        assert app.main.query_one("#strategy-list", SiftedList).current is None
        assert app.bench.opened().chosen == ()
