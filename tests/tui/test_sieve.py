"""Filtering and sorting: what passes, in which order, and where the cursor is meanwhile."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from advisor.tui.render.line import Line, line
from advisor.tui.sieve import PassedLines, Sieve, SortKey
from advisor.tui.widgets.sifted_list import SiftedList
from advisor.tui.widgets.strategies_view import StrategyList
from tests.tui.conftest import MakeApp
from tests.tui.screen import SIZES, opened, screen_lines, screen_text

pytestmark = pytest.mark.usefixtures("no_plan")
both_sizes = pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])


@dataclass(frozen=True)
class Numbers:
    values: tuple[float | None, ...]

    sort_titles = ("value", "name")

    def __len__(self) -> int:
        return len(self.values)

    def identity(self, index: int) -> Hashable:
        return index

    def search_text(self, index: int) -> str:
        return f"Entry {index}"

    def sort_key(self, title: str, index: int) -> SortKey:
        return self.values[index] if title == "value" else self.search_text(index)

    def line(self, index: int) -> Line:
        return line(self.search_text(index))


@given(st.lists(st.none() | st.floats(allow_nan=False)), st.booleans())
def test_sorting_loses_nothing_and_puts_the_unknown_last(
    values: list[float | None], descending: bool
) -> None:
    order = Sieve(sort="value", descending=descending).pass_through(Numbers(tuple(values)))
    assert sorted(order) == list(range(len(values)))
    found = [values[index] for index in order]
    known = [value for value in found if value is not None]
    assert found[: len(known)] == known == sorted(known, reverse=descending)


def test_every_word_must_be_there_in_any_case() -> None:
    entries = Numbers((None,) * 25)
    assert Sieve("entry 2").pass_through(entries) == [2, 12, 20, 21, 22, 23, 24]
    assert Sieve("4 ENTRY 2").pass_through(entries) == [24]
    assert Sieve("  ").is_open
    assert len(PassedLines(entries, [3, 1])[:]) == 2


def test_columns_take_turns_and_none_comes_after_the_last() -> None:
    sieve = Sieve()
    seen = []
    for _ in range(3):
        sieve = sieve.sorted_by_next(("value", "name"))
        seen.append(sieve.sort)
    assert seen == ["value", "name", None]
    assert replace(sieve, text="x").sorted_by_next(()).sort is None


async def type_filter(pilot: Pilot[None], text: str) -> None:
    await pilot.press("slash", *text, "enter")
    await pilot.pause()


@both_sizes
async def test_a_filter_leaves_out_counts_and_is_cleared(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        strategies = app.screen.query_one(StrategyList)
        every = strategies.slugs
        strategies.put_cursor_on("int8-weight-only")
        await type_filter(pilot, "quant")
        shown = strategies.slugs
        assert 0 < len(shown) < len(every)
        assert strategies.slug == "int8-weight-only"
        assert f"{len(shown)} of {len(every)} · with 'quant'" in screen_text(app)
        assert "q quit" in screen_lines(app)[-1]
        await pilot.press("space")
        assert [str(choice) for choice in app.bench.opened().chosen] == ["int8-weight-only"]
        await pilot.press("escape")
        await pilot.pause()
        assert strategies.slugs == every
        assert strategies.slug == "int8-weight-only"
        assert "Esc clears" not in screen_text(app)


async def test_escape_while_typing_clears_and_gives_the_keys_back(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        strategies = app.screen.query_one(StrategyList)
        await pilot.press("slash", "z", "q", "j")
        await pilot.pause()
        assert strategies.passed == []
        assert "0 of " in screen_text(app)
        await pilot.press("escape", "j")
        await pilot.pause()
        assert len(strategies.slugs) > 20
        assert strategies.slug == strategies.slugs[1]


@both_sizes
async def test_s_sorts_and_the_cursor_goes_with_its_entry(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        strategies = app.screen.query_one(StrategyList)
        strategies.put_cursor_on("bf16")
        await pilot.press("s")
        await pilot.pause()
        assert "by $/month, smallest first" in screen_text(app)
        cheapest = strategies.slugs
        assert strategies.slug == "bf16"
        assert cheapest.index("bf16") < cheapest.index("int8-dynamic")
        await pilot.press("S")
        await pilot.pause()
        assert "largest first" in screen_text(app)
        assert strategies.slugs.index("bf16") > strategies.slugs.index("int8-dynamic")
        assert strategies.slug == "bf16"


@both_sizes
async def test_operators_are_filtered_and_sorted(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("3")
        await pilot.pause()
        operators = app.screen.query_one("#operators-list", SiftedList)
        await type_filter(pilot, "matmul")
        assert operators.counted in screen_text(app)
        assert all("matmul" in shown for shown in operators.shown_text.splitlines())
        await pilot.press("s", "S")
        await pilot.pause()
        entries = operators.entries
        assert entries is not None
        keys = [entries.sort_key(entries.sort_titles[0], index) for index in operators.order]
        assert keys == sorted(keys, key=lambda key: -float(key or 0))
        await pilot.press("1")
        await pilot.pause()
        assert "with 'matmul'" not in screen_text(app)
