"""Lists and courses laid over the screen: rules, the front, the history, telemetry."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.advice.front import FrontPoint
from advisor.advice.rule import rules
from advisor.catalog.quantity import Quantity
from advisor.history import History
from advisor.strategies.selection import parse_selection
from advisor.telemetry.reading import DeviceReading, HostReading, Telemetry
from advisor.tui.render.front import FrontEntries, Plot, plot_lines
from advisor.tui.render.history_entries import HistoryEntries, history_summary
from advisor.tui.render.line import text_of, width_of
from advisor.tui.render.rule_entries import RuleEntries
from advisor.tui.render.telemetry_course import course_lines
from advisor.tui.screens.listing import ListScreen
from advisor.tui.traces import READINGS_PER_CELL, DeviceTraces, HostTraces, Trace
from advisor.tui.widgets.rules_view import RuleList
from tests.support.measurements import measurement
from tests.tui.conftest import MakeApp
from tests.tui.screen import SIZES, opened, screen_lines, screen_text
from tests.tui.test_bill_bars import snapshot

pytestmark = pytest.mark.usefixtures("no_plan")
both_sizes = pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])


@both_sizes
async def test_every_rule_is_listed_found_and_explained(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("5")
        await pilot.pause()
        found = app.screen.query_one(RuleList)
        assert len(found.passed) == len(rules())
        said = app.bench.opened().advice()[1]
        assert isinstance(found.entries, RuleEntries)
        assert found.entries.at(0)[1] == said[0]
        await pilot.press("slash", *"drop", "enter")
        await pilot.pause()
        assert 0 < len(found.passed) < len(rules())
        each, _ = found.entries.at(found.current or 0)
        assert f"─ {each.slug} ─" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause(0.2)
        text = " ".join(screen_text(app).split())
        assert "What it sees" in text
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert len(found.passed) == len(rules())


def point(names: str, usd: float, drop: float, *, keeps_floor: bool = True) -> FrontPoint:
    days = Quantity(2.0, 1.0, 3.0)
    return FrontPoint(parse_selection(names), usd, Quantity(drop, drop, drop), days, keeps_floor)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_front_is_drawn_where_its_figures_say(width: int) -> None:
    shown = snapshot("bf16")
    total = shown.before.bill.total().expected
    points = (
        point("int8-dynamic", total * 0.5, 0.02, keeps_floor=False),
        point("torch-compile", total * 0.8, 0.0),
    )
    plot = Plot(points, shown.before, shown.selected, 0.01)
    lines = [*plot_lines(plot, width, 8)]
    assert all(width_of(each) <= width for each in lines)
    texts = [text_of(each) for each in lines]
    kept = next(at for at, text in enumerate(texts) if "●" in text)
    beyond = next(at for at, text in enumerate(texts) if "○" in text)
    assert kept < beyond, "the cheaper one is lower"
    assert texts[kept].index("●") < texts[beyond].index("○"), "what loses more is further right"
    floor = texts[0].index("│")
    assert texts[kept].index("●") < floor < texts[beyond].index("○")
    entries = FrontEntries(plot, width)
    rows = [text_of(entries.line(at)) for at in range(2)]
    assert "BROKEN" in rows[0]
    assert "-50.0%" in rows[0]
    assert "kept" in rows[1]


async def test_points_come_and_one_can_be_switched_on(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [point("bf16", 10_000.0, 0.001), point("", 12_000.0, 0.0)]
    monkeypatch.setattr("advisor.advice.front.advised_front", lambda *_: iter(found))
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("F")
        for _ in range(100):
            if "2 points" in screen_text(app) and "searched" not in screen_text(app):
                break
            await pilot.pause(0.05)
        assert "$10,000" in screen_text(app)
        await pilot.press("home", "enter")
        await pilot.pause()
        assert [each.slug for each in app.bench.opened().chosen] == ["bf16"]


def kept_history(tmp_path: Path) -> History:
    history = History(tmp_path / "history.sqlite3")
    for place, projected in enumerate((0.5e-3, 1.1e-3, None)):
        taken = replace(measurement("bf16", 2e-3, 1e-3), taken_at=f"2026-01-0{place + 1}T00:00:00Z")
        history.add(taken, projected)
    return history


@both_sizes
async def test_the_history_shows_every_error_and_the_median(
    make_app: MakeApp, tmp_path: Path, size: tuple[int, int]
) -> None:
    kept_history(tmp_path)
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("H")
        for _ in range(100):
            if "3 measurements" in screen_text(app):
                break
            await pilot.pause(0.05)
        text = screen_text(app)
        assert "median error 30.0% of 2, of the latest 2 30.0%" in text
        assert "-50.0%" in text
        assert "+10.0%" in text
        assert "unknown" in text
        assert "/ filter" in text
        assert all(len(line) for line in screen_lines(app))
        await pilot.press("question_mark")
        await pilot.pause(0.2)
        assert "keys" in screen_text(app)
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert not isinstance(app.screen, ListScreen)


@pytest.mark.parametrize("width", [60, 79, 120])
def test_lines_of_the_history_fit(tmp_path: Path, width: int) -> None:
    records = kept_history(tmp_path).records()
    entries = HistoryEntries(records, width)
    lines = [*history_summary(records, width), *(entries.line(at) for at in range(len(entries)))]
    assert all(width_of(each) <= width for each in lines)
    assert "has a projection" in text_of(history_summary(records[:1], width)[0])


def test_cells_of_a_course_hold_the_same_readings_whatever_comes_after() -> None:
    trace = Trace()
    seen: list[list[float | None]] = []
    for value in range(9 * READINGS_PER_CELL):
        trace.add(float(value))
        if trace.taken % READINGS_PER_CELL == 0:
            seen.append(trace.cells(100))
    assert all(later[: len(earlier)] == earlier for earlier, later in itertools.pairwise(seen))
    assert len(trace.cells(4)) == 4
    assert trace.cells(0) == []
    for _ in range(5000):
        trace.add(None)
    assert set(trace.cells(100)) == {None}


def reading(problem: str | None = None, busy: float | None = 50.0) -> Telemetry:
    host = HostReading(2**30, 2**33, 12.0, (0.5, 0.5, 0.5), 8, 4, "a processor")
    device = DeviceReading(
        0, name="GPU [/x]", memory_used_bytes=2**33, memory_total_bytes=2**36,
        utilisation_percent=busy, power_w=100.0, power_limit_w=400.0, problem=problem,
        read_at_s=90.0,
    )  # fmt: skip
    return Telemetry(100.0, (device,), host)


@pytest.mark.parametrize("width", [60, 80, 140])
def test_what_a_gpu_does_not_tell_is_unknown_and_an_old_figure_has_its_age(width: int) -> None:
    traces, host = DeviceTraces(), HostTraces()
    for now in (reading(), reading(), reading("lost", None)):
        traces.take(now.devices[0])
        host.take(now.host)
    lines = course_lines(reading("lost", None), [traces], host, width)
    assert all(width_of(each) <= width for each in lines)
    text = "\n".join(map(text_of, lines))
    assert "lost; the figures are 10 s old" in " ".join(text.split())
    busy = next(part for part in text.splitlines() if part.strip().startswith("busy"))
    assert "unknown" in busy
    assert "▅" in busy, "half busy, before it was lost"
    heat = next(part for part in text.splitlines() if part.strip().startswith("temperature"))
    assert "unknown" in heat
    assert "8.0 GiB / 64.0 GiB" in text
    assert "GPU [/x]" in text
