"""Every key that is declared anywhere is pressed and changes something; undriven ones fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.history import History
from advisor.session import Options
from advisor.tui.app import AdvisorApp
from advisor.tui.jobs import Jobs
from advisor.tui.keymap import bindings_of, every_kind
from tests.tui.conftest import MakeApp
from tests.tui.driving import CASES, WAYS, lead
from tests.tui.screen import opened

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


@pytest.mark.parametrize(("kind", "name", "key"), DECLARED, ids="-".join)
async def test_key_does_something(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    kind: str, name: str, key: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(Jobs, "measure", lambda jobs, request: None)
    monkeypatch.setattr(Jobs, "open", lambda jobs, *arguments: None)
    if kind == "StartScreen":
        app = AdvisorApp(None, Options(hardware="a100-80-sxm"), History(tmp_path / "h.sqlite3"))
    else:
        app = make_app()
    case = CASES[name]
    async with app.run_test(size=(80, 24)) as pilot:
        if kind == "StartScreen":
            await pilot.pause(0.2)
        else:
            await opened(pilot)
        await lead(pilot, app, kind, case)
        before = case.look(app)
        await pilot.press(key)
        await pilot.pause()
        await pilot.pause()
        assert case.look(app) != before
