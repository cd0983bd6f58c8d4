"""`e` writes what the screen says, under names that are free."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psutil
import pytest

from advisor import units
from advisor.tui import search_worker
from advisor.tui.exporting import FORMATS, file_name
from advisor.tui.shown import Exporting
from tests.tui.conftest import MakeApp
from tests.tui.screen import opened, put_cursor_on, row, screen_text, settle, until


def numbers(document: Any) -> set[float]:
    """Every number anywhere in a JSON document."""
    if isinstance(document, dict):
        return set().union(*(numbers(each) for each in document.values()), set())
    if isinstance(document, list):
        return set().union(*(numbers(each) for each in document), set())
    return {float(document)} if isinstance(document, (int, float)) else set()


async def test_files_say_what_the_screen_says(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await put_cursor_on(pilot, "bf16")
        await pilot.press("space", "e")
        await until(pilot, lambda: bool(app.written))
        shown = [*row(app, "before").split(), *row(app, "projected").split()]
        snapshot, plan = app.bench.opened().snapshot(), app.bench.shown.plan
    found = json.loads((tmp_path / "advisor-encoder.json").read_bytes())
    text = (tmp_path / "advisor-encoder.md").read_text()
    before, selected = (each.bill.total().expected for each in (snapshot.before, snapshot.selected))
    assert {units.usd(before), units.usd(selected)} <= set(shown)
    written = {units.usd(number) for number in numbers(found)}
    assert {units.usd(before), units.usd(selected)} <= written
    assert plan is not None
    assert plan.steps
    assert {units.usd(step.saving_usd_per_month.expected) for step in plan.steps} <= written
    assert units.usd(before) in text
    assert app.written == [tmp_path / "advisor-encoder.json", tmp_path / "advisor-encoder.md"]


async def test_a_second_export_takes_another_name(make_app: MakeApp, tmp_path: Path) -> None:
    (tmp_path / "advisor-encoder.md").write_text("mine")
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for count in (2, 4):
            await pilot.press("e")
            await until(pilot, lambda: len(app.written) == count)  # noqa: B023 - awaited here
    assert (tmp_path / "advisor-encoder.md").read_text() == "mine"
    assert [path.name for path in app.written] == [
        "advisor-encoder-2.json", "advisor-encoder-2.md",
        "advisor-encoder-3.json", "advisor-encoder-3.md",
    ]  # fmt: skip


async def test_a_folder_that_is_gone_is_a_message(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        folder.rmdir()
        await pilot.press("e")
        await until(pilot, lambda: app.bench.shown.log[-1].level == "error")
        assert app.is_running
        assert app.bench.shown.log[-1].level == "error"
        assert app.written == []


@pytest.mark.usefixtures("own_process", "no_plan")
async def test_the_search_is_a_process_and_the_keys_go_on(
    make_app: MakeApp, tmp_path: Path
) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("e")
        await until(pilot, lambda: bool(own_children()))
        assert "exporting: " in screen_text(app)
        await pilot.press("2", "e")
        assert app.main.view_id == "bill"
        assert "under way" in app.bench.shown.log[-1].text
        await until(pilot, lambda: bool(app.written))
        assert "exporting: " not in screen_text(app)
    assert json.loads((tmp_path / "advisor-encoder.json").read_bytes())


@pytest.mark.usefixtures("own_process", "no_plan")
async def test_an_export_is_cancelled_and_leaves_nothing(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("e")
        await until(pilot, lambda: bool(own_children()))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not app.bench.shown.exporting)
        assert app.is_running
        assert app.bench.shown.log[-1].text == "the export is cancelled"
        assert not own_children()
    assert not list(tmp_path.glob("advisor-*"))


@pytest.mark.usefixtures("own_process", "no_plan")
async def test_a_search_that_dies_says_so(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("e")
        await until(pilot, lambda: bool(own_children()))
        for each in own_children():
            each.kill()
        await until(pilot, lambda: not app.bench.shown.exporting)
        assert "ended without an answer" in app.bench.shown.log[-1].text
        assert app.bench.shown.log[-1].level == "error"


@pytest.mark.usefixtures("no_plan")
async def test_each_step_of_an_export_says_its_share(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        found = list(search_worker.audit(app.bench.opened(), FORMATS))
        steps = [each for each in found if isinstance(each, Exporting)]
        assert [each.done / each.of for each in steps] == [0, 1 / 3, 2 / 3]
        assert len(found) == len(steps) + len(FORMATS)
        app.bench.export_goes_on(steps[1])
        await pilot.pause()
        assert f"33% exporting: {steps[1].text}" in screen_text(app)


def own_children() -> list[psutil.Process]:
    return psutil.Process().children()


def test_a_reference_becomes_a_file_name() -> None:
    assert file_name("llama-3.1-70b") == "llama-3.1-70b"
    assert file_name("../x/y.py:build") == "y.py-build"
    assert file_name("hf:organization/name") == "name"
    assert file_name("\x1b[31m é") == "31m"
    assert file_name("///") == "model"
    assert len(file_name("a:" * 400)) <= 80
