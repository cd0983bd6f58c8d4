"""What stays around the views: keys, tabs, size, help, telemetry."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.events import Key

from advisor.tui.app import AdvisorApp
from advisor.tui.keys import FOOTER
from advisor.tui.screens.main import VIEWS
from advisor.tui.widgets.line_view import LineView
from tests.tui.conftest import MakeApp
from tests.tui.screen import SIZES, opened, screen_lines, screen_text, settle, telemetry, until

MARKER_OF_VIEW = {
    "strategies": "effect of", "bill": "indicators", "operators": "bound by",
    "plan": "r selects it", "rules": "what it sees", "machine": "this machine",
    "log": "profiled in",
}  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
async def test_digits_and_tab_show_every_view(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        for number, view in enumerate(VIEWS, start=1):
            await pilot.press(str(number))
            await pilot.pause()
            await pilot.pause()
            assert f"›{number} {view.title}‹" in screen_text(app)
            assert MARKER_OF_VIEW[view.id] in screen_text(app)
        await pilot.press("tab")
        await pilot.pause()
        assert "›1 Strategies‹" in screen_text(app)


@pytest.mark.parametrize("size", SIZES)
async def test_footer_is_whole(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        footer = screen_lines(app)[-1].rstrip()
        shown = [f" {key} {label}" for key, label in FOOTER if f" {key} {label}" in footer]
        assert " ".join(shown) == footer
        assert {"m measure", "? help", "q quit"} <= {each.strip() for each in shown}
        assert all(cell_len(line) == size[0] for line in screen_lines(app))


async def test_help_lists_every_key_that_works(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(100, 120)) as pilot:
        await settle(pilot)
        wanted = {active.binding.description for active in app.screen.active_bindings.values()}
        await pilot.press("question_mark")
        await pilot.pause(0.5)
        await pilot.pause()
        text = screen_text(app)
        assert all(description in text for description in wanted if description)
        assert "" not in wanted
        await pilot.press("escape")
        await pilot.pause()
        assert "›1 Strategies‹" in screen_text(app)


@pytest.mark.usefixtures("no_plan")
async def test_keys_typed_ahead_are_for_the_view_that_is_coming(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(140, 40)) as pilot:
        await opened(pilot)
        await pilot.press("6")
        for key, character in (("1", "1"), ("j", "j"), ("space", " ")):
            app.post_message(Key(key, character))
        await pilot.pause(0.5)
        await pilot.pause()
        assert ">[x]" in screen_text(app)
        assert "effect of 1 on" in screen_text(app)


async def test_small_terminal_says_so_and_recovers(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("j", "j", "space")
        await pilot.resize_terminal(50, 12)
        await pilot.pause()
        await pilot.pause()
        assert screen_text(app).strip() == "advisor needs 60×16; this terminal is 50×12"
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        await pilot.pause()
        text = screen_text(app)
        assert ">[x]" in text
        assert "effect of 1 on" in text


async def test_without_a_driver_the_line_says_why(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for _ in range(100):
            if "no GPU: " in telemetry(app):
                break
            await pilot.pause(0.05)
        assert "no GPU: " in telemetry(app)
        assert "0%" not in telemetry(app).split("host")[0]
        await pilot.press("p")
        await pilot.pause()
        assert "paused" in telemetry(app)


async def test_ctrl_c_quits_only_at_the_second_press(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app.is_running
        await pilot.press("ctrl+c")
    assert app.return_code == 0


@pytest.mark.parametrize("size", SIZES)
async def test_no_line_is_cut_by_the_edge_or_the_scrollbar(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        for number in range(1, len(VIEWS) + 1):
            await pilot.press(str(number))
            await pilot.pause()
            nothing_is_cut(app)
        for key in ("f", "i", "H", "J", "c", "comma", "question_mark"):
            await pilot.press(key)
            if key == "c":  # each hardware is projected first
                await until(pilot, lambda: "cpu-2vcpu" in screen_text(app))
            await pilot.pause()
            nothing_is_cut(app)
            await pilot.press("escape")
            await pilot.pause()


def nothing_is_cut(app: AdvisorApp) -> None:
    for each in app.screen.query(LineView):
        for shown in each._lines if each.size.width else ():
            text = "".join(part.text for part in shown).rstrip()
            assert cell_len(text) <= each.room, f"{each.id} has {each.room}: {text}"
