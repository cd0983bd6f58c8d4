"""Every key that is declared anywhere is pressed and changes something; undriven ones fail."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest
from textual.pilot import Pilot

from advisor.advice.front import FrontPoint
from advisor.catalog.quantity import Quantity
from advisor.history import History
from advisor.measurement.result import MeasurementRequest
from advisor.session_options import Options
from advisor.strategies.selection import parse_selection
from advisor.tui.app import AdvisorApp
from advisor.tui.jobs import Jobs
from advisor.tui.keymap import bindings_of, every_kind
from tests.tui.conftest import MakeApp
from tests.tui.driving import CASES, ENDING, WAYS, lead, reset
from tests.tui.screen import opened, screen_text, until

pytestmark = pytest.mark.usefixtures("no_plan")

DECLARED = [
    (kind.__name__, binding.id, key)
    for kind in every_kind()
    for binding in kind.__dict__["BINDINGS"]
    for key in binding.key.split(",")
]


def test_every_binding_can_be_remapped_and_says_what_it_does() -> None:
    for kind in every_kind():
        for binding in bindings_of(kind):
            assert binding.id, f"{kind.__name__}: {binding.key} has no id"
            assert binding.description, f"{kind.__name__}: {binding.key} has no description"


def test_every_binding_is_driven() -> None:
    assert {kind for kind, _, _ in DECLARED} == set(WAYS)
    assert {name for _, name, _ in DECLARED} == set(CASES)


def _begin_nothing(jobs: Jobs, _request: MeasurementRequest) -> None:
    """A measurement that goes on until it is cancelled, by no process."""
    jobs._run = Mock()


async def drive(pilot: Pilot[None], app: AdvisorApp, kind: str, name: str, key: str) -> None:
    case = CASES[name]
    await lead(pilot, app, kind, case)
    before = case.look(app)
    await pilot.press(key)
    await pilot.pause()
    await pilot.pause()
    assert case.look(app) != before, f"{key} of {kind} ({name}) changed nothing"


@pytest.mark.parametrize("kind", sorted({kind for kind, _, _ in DECLARED} - {"StartScreen"}))
async def test_keys_change_something(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(Jobs, "measure", _begin_nothing)
    nothing = Quantity(0.0, 0.0, 0.0)
    found = FrontPoint(parse_selection("bf16"), 1.0, nothing, nothing, keeps_floor=True)
    monkeypatch.setattr("advisor.advice.front.advised_front", lambda *_: iter([found]))
    app = make_app()
    keys = [(name, key) for owner, name, key in DECLARED if owner == kind]
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        for name, key in sorted(keys, key=lambda each: each[0] in ENDING):
            await reset(pilot, app)
            await drive(pilot, app, kind, name, key)


@pytest.mark.parametrize(
    ("name", "key"), [(name, key) for kind, name, key in DECLARED if kind == "StartScreen"]
)
async def test_keys_of_the_start_screen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, key: str
) -> None:
    monkeypatch.setattr(Jobs, "open", lambda jobs, *arguments: None)
    app = AdvisorApp(None, Options(hardware="a100-80-sxm"), History(tmp_path / "h.sqlite3"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "> digits" in screen_text(app))
        await drive(pilot, app, "StartScreen", name, key)
