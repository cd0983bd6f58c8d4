"""The operators as a table and as a tree of modules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.profiling.profile import ModelProfile
from advisor.tui.render.bars import bar
from advisor.tui.render.line import text_of, width_of, wrap_parts
from advisor.tui.render.operator_tree import TreeEntries, operator_tree
from advisor.tui.render.operators import OperatorEntries
from advisor.tui.widgets.operators_view import OperatorList
from tests.support import profiles
from tests.tui.conftest import MakeApp
from tests.tui.screen import SIZES, opened, screen_text

pytestmark = pytest.mark.usefixtures("no_plan")


def test_parts_are_kept_whole_where_they_fit() -> None:
    found = wrap_parts(("one part", "another", "a part longer than the line"), 20, " ")
    assert [text_of(each) for each in found] == [
        " one part · another", " a part longer than", " the line",
    ]  # fmt: skip


def test_bars_grow_with_their_fraction() -> None:
    assert [bar(each, 2) for each in (0.0, 0.001, 0.25, 0.5, 1.0, 7.0)] == [
        "  ", "▏ ", "▌ ", "█ ", "██", "██",
    ]  # fmt: skip


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
async def test_the_tree_folds_and_its_parts_are_the_whole(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("3", "v")
        await pilot.pause()
        operators = app.screen.query_one(OperatorList)
        tree = operators.entries
        assert isinstance(tree, TreeEntries)
        assert "▾ block" in screen_text(app)
        assert " v table  h l fold " in screen_text(app)
        block = tree.nodes[0]
        table = tree.table
        assert block.seconds == pytest.approx(sum(table.ceilings.seconds))
        assert (
            sum(each.multiply_adds for each in (block.children or {}).values())
            == block.multiply_adds
        )
        every = len(tree)
        await pilot.press("down", "down", "h", "h", "h", "h")
        await pilot.pause()
        assert operators.cursor == 0
        assert len(operators.order) == 1
        assert "▸ block" in screen_text(app)
        await pilot.press("l")
        await pilot.pause()
        assert len(operators.order) == every - 1  # the first child was folded on the way
        await pilot.press("v")
        await pilot.pause()
        assert isinstance(operators.entries, OperatorEntries)


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
async def test_every_line_says_its_bound_and_fits(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        scenario = app.bench.opened().scenario
    table = OperatorEntries(scenario, size[0] - 1)
    tree = TreeEntries(operator_tree(table), table, frozenset())
    for entries in (table, tree):
        for index in range(len(entries)):
            text = "".join(span.text for span in entries.line(index))
            assert "compute" in text or "bandwidth" in text
            assert width_of(entries.line(index)) <= size[0]
    shares = [table.ceilings.share(seconds) for seconds in table.ceilings.seconds]
    assert sum(shares) == pytest.approx(1.0)


def many_operators(count: int) -> ModelProfile:
    """A model of `count` operators, each in a module of its own, twelve to a layer."""
    found = profiles.encoder()
    phase = found.phases[0]
    rows = tuple(
        replace(
            phase.operators[number % len(phase.operators)], repeats=1,
            module=f"layers.{number // 12}.part{number % 12}",
        )
        for number in range(count)
    )  # fmt: skip
    return replace(found, phases=(replace(phase, operators=rows),))


async def test_ten_thousand_operators_are_all_there(make_app: MakeApp) -> None:
    app = make_app(many_operators(10_000))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("3", "slash", *"layers.83.", "enter", "S")
        await pilot.pause()
        assert "12 of 10,000" in screen_text(app)
        await pilot.press("escape", "v")
        await pilot.pause()
        operators = app.screen.query_one(OperatorList)
        assert len(operators.order) == 1 + 834 + 2 * 10_000
