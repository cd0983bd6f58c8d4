"""Every figure of the bill leads to its formula, its inputs and who published them."""

from __future__ import annotations

from datetime import date

import pytest

from advisor.projection.line_text import input_text
from advisor.projection.old_prices import old_prices
from advisor.tui.app import AdvisorApp
from advisor.tui.render.bill import bill_text
from advisor.tui.render.bill_item import item_lines
from advisor.tui.render.line import text_of, width_of
from advisor.tui.widgets.bill_view import BillView
from advisor.tui.widgets.line_view import LineView
from tests.tui.conftest import MakeApp
from tests.tui.screen import SIZES, screen_text, settle


def opened_items(app: AdvisorApp) -> list[str]:
    return [line.name for line in app.bench.opened().snapshot().selected.bill.lines]


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
async def test_enter_on_a_line_shows_its_inputs_and_sources(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("2")
        view = app.screen.query_one(BillView)
        name = opened_items(app)[0]
        index = next(i for i, text in enumerate(view.shown_text.splitlines()) if name in text)
        view.move_to(index)
        await pilot.press("enter")
        await pilot.pause()
        item = app.bench.opened().snapshot().selected.bill.lines[0]
        shown = " ".join(app.screen.query_one("#text", LineView).shown_text.split())
        assert item.formula in shown
        for each in item.inputs:
            assert " ".join(input_text(each).split()) in shown
        assert name in screen_text(app)
        await pilot.press("escape")
        assert app.screen.query_one(BillView) is view


@pytest.mark.parametrize("width", [60, 138])
async def test_no_line_item_is_without_its_seeds(make_app: MakeApp, width: int) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await settle(pilot)
        for item in app.bench.opened().snapshot().selected.bill.lines:
            lines = item_lines((None, item), width)
            text = " ".join(" ".join(map(text_of, lines)).split())
            assert item.inputs
            assert "before" in text
            assert all(width_of(line) <= width for line in lines)


async def test_old_prices_are_told_on_the_bill_and_listed(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await settle(pilot)
        snapshot = app.bench.opened().snapshot()
        long_after = bill_text(snapshot, 100, date(2999, 1, 1))
        shown = " ".join(" ".join(map(text_of, long_after.lines)).split())
        listed = old_prices(snapshot.selected.bill, date(2999, 1, 1))
        assert f"! {len(listed)} prices are older than 180 days" in shown
        assert all(" ".join(each.split()) in shown for each in listed)
        before = bill_text(snapshot, 100, date(2001, 1, 1))
        assert "older than" not in " ".join(map(text_of, before.lines))
