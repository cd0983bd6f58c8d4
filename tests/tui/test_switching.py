"""Another model, hardware, workload or organization without leaving the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from advisor.catalog import load
from advisor.history import History
from advisor.session_options import Options
from advisor.strategies.selection import parse_selection
from advisor.tui.app import AdvisorApp
from advisor.tui.models import completed, is_path_like
from advisor.tui.screens.hardware import HardwareScreen
from advisor.tui.screens.start import StartScreen
from advisor.tui.widgets.sifted_list import SiftedList
from tests.support.measurements import measurement, trained
from tests.tui.conftest import MakeApp
from tests.tui.screen import SIZES, opened, put_cursor_on, screen_lines, screen_text, until

pytestmark = pytest.mark.usefixtures("no_plan")
both_sizes = pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])


async def choose_in_palette(pilot: Pilot[None], key: str, words: str) -> None:
    await pilot.press(key)
    await pilot.pause(0.2)
    await pilot.press(*words)
    await pilot.pause(0.8)
    await pilot.press("enter")
    await pilot.pause(0.3)


@both_sizes
@pytest.mark.parametrize("key", ["colon", "ctrl+p"])
async def test_the_palette_switches_the_hardware_and_keeps_what_is_on(
    make_app: MakeApp, size: tuple[int, int], key: str
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await put_cursor_on(pilot, "bf16")
        await pilot.press("space")
        await choose_in_palette(pilot, key, "hardwareb200")
        session = app.bench.opened()
        assert session.scenario.hardware.id == "b200-sxm"
        assert [str(choice) for choice in session.chosen] == ["bf16"]
        assert "b200-sxm" in screen_lines(app)[0]
        assert "--hardware b200-sxm" in session.command_line()


async def test_what_was_measured_goes_along_to_other_hardware(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        session = app.bench.opened()
        session.measurements.add(measurement("bf16", 2e-3, 1e-3))
        session.measurements.add_training(trained("bf16", 2.0, 1.0))
        app.switch("hardware", "b200-sxm")
        moved = app.bench.opened()
        assert moved is not session
        moved.select(parse_selection("bf16"))
        assert moved.snapshot().measured is not None
        assert moved.snapshot().trained is not None


async def test_what_other_hardware_lacks_is_switched_off_and_said(make_app: MakeApp) -> None:
    app = make_app(hardware="h100-sxm")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await put_cursor_on(pilot, "fp8")
        await pilot.press("space")
        assert app.bench.opened().chosen
        app.switch("hardware", "a100-80-sxm")
        assert app.bench.opened().chosen == ()
        assert any("fp8 is off" in entry.text for entry in app.bench.shown.log)
        app.switch("workload", "no-such")
        assert app.bench.opened().scenario.workload.id == "retail-recommendation"
        app.switch("organization", "research-lab")
        assert app.bench.opened().scenario.organization.id == "research-lab"
        assert app.bench.opened().scenario.hardware.id == "a100-80-sxm"


async def test_every_action_and_profile_is_in_the_palette(make_app: MakeApp) -> None:
    from advisor.tui.palette import Commands

    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        provider = Commands(app.screen)
        await provider.startup()
        names = {str(hit.display) async for hit in provider.discover()}  # type: ignore[union-attr]  # always DiscoveryHit
        for active in app.screen.active_bindings.values():
            if active.binding.action != "command_palette":
                assert any(name.startswith(active.binding.description) for name in names)
        assert {f"hardware: {each}" for each in load.hardware()} <= names
        assert "model: digits" in names


@both_sizes
async def test_hardware_is_compared_by_cost_and_enter_switches(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("c")
        for _ in range(200):
            await pilot.pause(0.02)
            if isinstance(app.screen, HardwareScreen) and app.screen._costs:
                break
        await pilot.pause()
        costs = app.screen._costs  # type: ignore[attr-defined]  # checked above
        prices = [each.usd_per_month for each in costs]
        assert len(prices) > 10
        assert prices == sorted(prices)
        here = next(each for each in costs if each.hardware.id == "a100-80-sxm")
        now = app.bench.opened().snapshot().selected.bill.total().expected
        assert here.usd_per_month == pytest.approx(now)
        assert "• a100-80-sxm" in screen_text(app)
        await pilot.press("slash", *"b200", "enter")
        await pilot.pause()
        assert app.screen.query_one(SiftedList).counted == f"1 of {len(costs)}"
        await pilot.press("enter")
        await pilot.pause()
        await pilot.pause()
        assert app.bench.opened().scenario.hardware.id == "b200-sxm"
        await pilot.press("c", "escape")
        await pilot.pause()
        assert not isinstance(app.screen, HardwareScreen)


@both_sizes
async def test_without_a_model_one_is_asked_for(tmp_path: Path, size: tuple[int, int]) -> None:
    app = AdvisorApp(None, Options(hardware="a100-80-sxm"), History(tmp_path / "h.sqlite3"))
    references: list[str] = []
    app.switching.open = lambda reference, _=None: references.append(reference)  # type: ignore[method-assign,assignment]  # no process is wanted
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "> digits" in screen_text(app))
        assert isinstance(app.screen, StartScreen)
        assert "Esc leave" in screen_lines(app)[-1]
        await pilot.press("down", *"gpt-oss")
        await pilot.pause()
        assert "> gpt-oss-120b" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert references == ["gpt-oss-120b"]
        await pilot.press("o", *"x.py:build", "enter")
        await pilot.pause()
        assert references[1:] == ["x.py:build"]


async def test_leaving_without_a_model_ends_with_0(tmp_path: Path) -> None:
    app = AdvisorApp(None, Options(), History(tmp_path / "h.sqlite3"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "> digits" in screen_text(app))
        await pilot.press("escape")
        await pilot.pause(0.2)
    assert app.return_code == 0


async def test_a_path_is_completed(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "mine.py").touch()
    (tmp_path / "notes.txt").touch()
    app = AdvisorApp(None, Options(), History(tmp_path / "h.sqlite3"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.3)
        await pilot.press(*"mi")
        await pilot.pause(0.2)
        await pilot.press("right")
        assert app.screen.query_one(Input).value == "mine.py:build"
    assert completed(f"{tmp_path}/fo") == f"{tmp_path}/folder/"
    assert completed("notes") is None
    assert completed("no/such/") is None
    assert completed("mine.py:") is None
    assert is_path_like("mine.py")
    assert not is_path_like("llama 70b")
