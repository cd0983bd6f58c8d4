"""Measurements from the screen, through the real worker, on a model of two layers."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest
from textual.pilot import Pilot

from advisor.errors import ExitCode
from advisor.history import History
from advisor.measurement.result import ModelRequest
from advisor.session import session_for
from advisor.session_options import Options
from advisor.tui.app import AdvisorApp
from tests.tui.screen import put_cursor_on, screen_text, settle, until


def app_for(reference: str, tmp_path: Path) -> AdvisorApp:
    options = Options(hardware="cpu-2vcpu")
    return AdvisorApp(ModelRequest(reference), options, History(tmp_path / "history.sqlite3"))


def workers() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


async def measure_bf16(pilot: Pilot[None], app: AdvisorApp, key: str) -> None:
    """Switch it on, measure what is on by `key`, and wait for the end of that."""
    await until(pilot, lambda: app.bench.session is not None)
    await settle(pilot)
    await put_cursor_on(pilot, "bf16")
    await pilot.press("space", key)
    await until(pilot, lambda: app.bench.shown.activity.doing == "measuring")
    assert "Ctrl+C cancels" in screen_text(app)
    await until(pilot, lambda: app.bench.shown.activity.doing == "idle")
    assert app.bench.shown.failure is None


async def test_model_is_profiled_and_measured_for_real(toy: str, tmp_path: Path) -> None:
    app = app_for(toy, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await measure_bf16(pilot, app, "m")
        snapshot = app.bench.shown.snapshot
        assert snapshot is not None
        assert snapshot.measured is not None
        assert snapshot.measured.latency_error is not None
        assert "measured n=30, projection error" in screen_text(app)
        await until(pilot, lambda: app.bench.shown.history.count == 1)
        assert "n=1" in screen_text(app).splitlines()[0]
        assert workers() == []


async def test_a_training_step_stands_among_the_indicators(toy: str, tmp_path: Path) -> None:
    app = app_for(toy, tmp_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await measure_bf16(pilot, app, "T")
        rows = [r for r in app.bench.opened().snapshot().indicators if "as measured" in r.name]
        assert len(rows) == 1
        assert rows[0].measured is not None
        assert rows[0].error is not None
        await pilot.press("2")
        await settle(pilot)
        assert rows[0].name.strip()[:20] in screen_text(app)
        moved = session_for(app.bench.opened().scenario.profile, app.bench.opened().request,
                            Options(hardware="cpu-2vcpu"), app.history)  # fmt: skip
        assert moved.recall() == 0, "no forward pass was measured"
        moved.select(app.bench.opened().chosen)
        assert moved.snapshot().trained == app.bench.opened().snapshot().trained


async def test_cancelling_leaves_no_process(toy: str, tmp_path: Path) -> None:
    app = app_for(toy, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.bench.session is not None)
        await pilot.press("m")
        await until(pilot, lambda: app.bench.shown.activity.fraction > 0)
        assert workers()
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.bench.shown.activity.doing == "idle")
        assert workers() == []
        assert app.is_running
        assert app.bench.shown.failure is None
        assert app.bench.shown.log[-1].text == "cancelled"


async def test_a_profile_can_be_cancelled(toy: str, tmp_path: Path) -> None:
    app = app_for(toy, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.bench.shown.activity.doing == "profiling")
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.bench.shown.activity.doing == "idle")
        assert workers() == []
        assert app.is_running
        assert app.bench.session is None
        assert app.bench.shown.log[-1].text == "cancelled"


async def test_quitting_in_the_middle_leaves_no_process(toy: str, tmp_path: Path) -> None:
    app = app_for(toy, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.bench.session is not None)
        await pilot.press("m")
        await until(pilot, lambda: app.bench.shown.activity.fraction > 0)
        started = time.monotonic()
        await pilot.press("q")
    assert time.monotonic() - started < 1.5
    assert workers() == []


@pytest.mark.parametrize("body", ["raise ValueError('no [/x] weights')", "import os; os._exit(9)"])
async def test_a_model_that_fails_says_why_and_decides_the_exit_code(
    tmp_path: Path, body: str
) -> None:
    (tmp_path / "bad.py").write_text(f"def build():\n    {body}\n")
    app = app_for(f"{tmp_path / 'bad.py'}:build", tmp_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: app.bench.shown.failure is not None)
        assert "failed: " in screen_text(app)
        await pilot.press("q")
    assert app.return_code not in (None, int(ExitCode.DONE))
    assert workers() == []


MISBEHAVING = """
import ctypes, os, time
import torch
from advisor.models.loaded import Evaluation, EvaluationResult, LoadedModel

HOW = os.path.join(os.path.dirname(__file__), "how")

def score(module):
    exec(open(HOW).read())
    return EvaluationResult(0.5, 1)

def build():
    model = torch.nn.Sequential(torch.nn.Linear(16, 32), torch.nn.Linear(32, 4))
    return LoadedModel("", model, (torch.ones(8, 16),), evaluation=Evaluation("score", True, score))
"""


async def test_what_ends_a_worker_is_said_and_the_screen_goes_on(tmp_path: Path) -> None:
    """One model, several real workers: each dies another way, and the next one measures."""
    (tmp_path / "mine.py").write_text(MISBEHAVING)
    how = tmp_path / "how"
    how.write_text("")
    app = app_for(f"{tmp_path / 'mine.py'}:build", tmp_path)
    history = History(tmp_path / "history.sqlite3")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.bench.session is not None)
        await settle(pilot)
        for body, said in (
            ("ctypes.string_at(0)", "killed by SIGSEGV"),
            ("torch.empty(2**60)", "out of memory"),
            ("os.write(1, b'{rubbish'); os._exit(7)", "exit code 7"),
        ):
            how.write_text(body)
            await pilot.press("m")
            await until(pilot, lambda: app.bench.shown.activity.doing == "measuring")
            await until(pilot, lambda: app.bench.shown.activity.doing == "idle")
            assert said in (app.bench.shown.failure or "")
            assert history.records() == []
            assert workers() == []
        how.write_text("print('{rubbish'); os.write(1, b'more of it')")
        await pilot.press("m")
        await until(pilot, lambda: app.bench.shown.activity.doing == "measuring")
        await until(pilot, lambda: app.bench.shown.activity.doing == "idle")
        assert app.bench.shown.failure is None
        assert len(history.records()) == 1
