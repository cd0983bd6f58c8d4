"""advisor tune from words to figures; what loads a model and what measures is stood in for."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from advisor.cli import tune
from advisor.cli._measuring import Found
from advisor.cli.main import run
from advisor.errors import StrategyError
from advisor.measurement.result import ModelRequest
from advisor.measurement.sensitivity import LayerSensitivity, Sensitivity, SensitivityRequest
from advisor.strategies.selection import Selection
from tests.support.measurements import measurement
from tests.support.profiles import convnet
from tests.support.scenarios import scenario

WORDS = ["tune", "mine", "--strategy", "structured-pruning", "--quality-floor", "0.1"]
DROPS = {"0.1": 0.0, "0.2": 0.02, "0.3": 0.05, "0.5": 0.2, "0.7": 0.6}


@pytest.fixture
def kept() -> list[Sensitivity]:
    return []


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch, kept: list[Sensitivity]) -> None:
    session = SimpleNamespace(
        scenario=scenario(convnet()),
        request=ModelRequest("mine"),
        measurement_request=lambda device: SimpleNamespace(device=device or "cpu"),
        scored_before=lambda request: kept[-1] if kept else None,
        record_scores=kept.append,
    )

    def measured(_: Any, chosen: Selection, *__: Any) -> Found:
        ratio = str(chosen[0].all_levels()["ratio"])
        found = measurement(str(chosen[0]), 2.0, 1.0, 1.0, 1.0 - DROPS[ratio])
        return Found(SimpleNamespace(measurement=found), from_history=False)  # type: ignore[arg-type] # only that is looked at

    monkeypatch.setattr(tune, "open_session", lambda *_: session)
    monkeypatch.setattr(tune, "measured", measured)
    monkeypatch.setattr(tune, "run_sensitivity", lambda request, *_: _scored(request, 0.01))


def _scored(request: SensitivityRequest, most: float) -> Sensitivity:
    layers = [LayerSensitivity(f"layers.{i}", most / (i + 1)) for i in range(12)]
    return Sensitivity(request, "accuracy", tuple(layers), left=3)


def test_layers_come_first_and_say_where_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(WORDS, lambda *_: 0) == 0
    text = capsys.readouterr().out
    assert text.index("layers.0") < text.index("structured-pruning:ratio=0.5")
    assert "layers.9" in text
    assert "layers.10" not in text
    assert "2 more lose less; 3 were not reached in time" in text
    assert "strongest within the floor (10.00%): structured-pruning\n" in text


def test_layers_are_scored_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kept: list[Sensitivity]
) -> None:
    assert run(WORDS, lambda *_: 0) == 0
    first = capsys.readouterr().out
    monkeypatch.setattr(tune, "run_sensitivity", lambda request, *_: _scored(request, 0.02))
    assert run(WORDS, lambda *_: 0) == 0
    assert capsys.readouterr().out == first
    assert run([*WORDS, "--again"], lambda *_: 0) == 0
    assert [each.together for each in kept] == [
        _scored(each.request, m).together for each, m in zip(kept, (0.01, 0.02), strict=True)
    ]


def test_the_document_holds_all_layers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*WORDS, "--json"], lambda *_: 0) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["strongest"] == "structured-pruning"
    assert len(found["layers"]["layers"]) == 12
    assert found["tried"][0]["strategy"] == "structured-pruning:ratio=0.5"


def test_without_layers_it_begins_in_the_middle(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: Any) -> Sensitivity:
        raise StrategyError("no layer that it can change alone")

    monkeypatch.setattr(tune, "run_sensitivity", nothing)
    for words in (WORDS, [*WORDS, "--no-layers"]):
        assert run([*words, "--json"], lambda *_: 0) == 0
        told = capsys.readouterr()
        found = json.loads(told.out)
        assert found["layers"] is None
        assert found["tried"][0]["strategy"] == "structured-pruning"
    assert "layers are not scored one by one" not in told.err
