"""Apps around sessions made by hand, so that no model has to be loaded to press a key."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from advisor.advice.goal import Goal
from advisor.advice.rule import Facts
from advisor.history import History
from advisor.measurement.result import ModelRequest
from advisor.profiling.profile import ModelProfile
from advisor.session import session_for
from advisor.session_options import Options
from advisor.tui.app import AdvisorApp
from advisor.tui.kept import Kept
from advisor.tui.preferences import Preferences
from advisor.tui.search_worker import WORK
from advisor.tui.searching import Search
from tests.support import profiles

MakeApp = Callable[..., AdvisorApp]

TOY = """
import torch
from advisor.models.loaded import LoadedModel, Training

def loss(module, batch):
    return module(batch).square().mean()

def build():
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(16, 32), torch.nn.ReLU(), torch.nn.Linear(32, 4))
    inputs = torch.randn(8, 16)
    return LoadedModel("", model, (inputs,), training=Training(lambda: [inputs], loss))
"""


@pytest.fixture(autouse=True)
def _clean_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine that runs the tests reaches the screen, and nothing is left."""
    for name in list(os.environ):
        if name.startswith("TEXTUAL") or name in {"NO_COLOR", "COLORTERM", "TMUX"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)


_KNOWN: dict[tuple[str, ...], Any] = {}


def _once(work: Callable[..., Any]) -> Callable[..., Any]:
    def found(facts: Facts, *others: Any) -> Any:
        if facts.measurements or facts.watched is not None:
            return work(facts, *others)
        goals = (repr(each) for each in others if isinstance(each, Goal))
        key = (work.__name__, repr(facts.scenario), *goals)
        if key not in _KNOWN:
            _KNOWN[key] = work(facts, *others)
        return _KNOWN[key]

    return found


@pytest.fixture(autouse=True)
def _advice_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Advice on one scenario with nothing measured is the same in every test, and takes seconds."""
    for place in (
        "advisor.session.findings",
        "advisor.advice.plan.make_plan",
        "advisor.advice.plan_economics.plan_economics",
    ):
        module, _, name = place.rpartition(".")
        monkeypatch.setattr(place, _once(getattr(import_module(module), name)))


def _here(search: Search) -> Iterator[Any]:
    return WORK[search.name](*search.arguments)


@pytest.fixture(autouse=True)
def _searched_here(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """In the process of the tests, where what was worked out once is known; not where a test is
    marked to be about the process of a search."""
    if "own_process" not in request.fixturenames:
        monkeypatch.setattr(Search, "results", _here)


@pytest.fixture
def own_process() -> None:
    """Searches run as a user's do."""


@pytest.fixture
def toy(tmp_path: Path) -> str:
    """The reference of a model of two layers, in a file."""
    path = tmp_path / "toy.py"
    path.write_text(TOY)
    return f"{path}:build"


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    """An app whose session is there from the start; `profile` is what was found of the model."""

    def make(
        profile: ModelProfile | None = None, hardware: str = "a100-80-sxm", reference: str = "",
        chosen: Preferences | None = None, kept: Kept | None = None,
    ) -> AdvisorApp:  # fmt: skip
        found = profile or profiles.encoder()
        request = ModelRequest(reference or found.reference)
        options = Options(hardware=hardware, workload="retail-recommendation")
        history = History(tmp_path / "history.sqlite3")
        session = session_for(found, request, options, history)
        return AdvisorApp(request, options, history, session, chosen, kept)

    return make


@pytest.fixture
def no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is worked out beside the session: its search would take the keys' processor."""
    monkeypatch.setattr("advisor.tui.course.work_out_plan", lambda *_: None)
