"""Measuring from the command line: kept, found again, taken anew, ended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.cli.main import run
from advisor.history import History

MEASURE = ["measure", "digits", "--with", "int8-weight-only", "--repeats", "1"]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert run([*words, "--json"], lambda *_: 0) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_what_was_measured_is_found_again_until_asked_anew(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = told(capsys, *MEASURE)
    assert not first["from_history"]
    assert first["quality_is_noise"]
    again = told(capsys, *MEASURE)
    assert again["from_history"]
    assert again["measurement"] == first["measurement"]
    assert not told(capsys, *MEASURE, "--again")["from_history"]
    assert len(History().records()) == 2
    audited = told(capsys, "audit", "digits", "--with", "int8-weight-only")
    latency = next(each for each in audited["indicators"] if each["name"] == "inference time")
    assert latency["measured"] is not None, "what was measured stands in an audit too"


def test_a_measurement_that_is_ended_leaves_nothing_in_the_history(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([*MEASURE, "--limit", "0.2"], lambda *_: 0) == 3
    assert "ended after 0.2 s, the limit" in capsys.readouterr().err
    assert not History().path.exists() or History().records() == []


def test_two_processes_are_trained_compared_and_kept(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A minute's way from the command line to torchrun and back, taken once."""
    path = tmp_path / "mine.py"
    path.write_text(TRAINED)
    words = ["measure", f"{path}:build", "--training", "--with", "ddp:gpus=2", "--steps", "2"]
    first = told(capsys, *words)
    assert first["loss_difference"] < 1e-5
    assert first["scaling_efficiency"] > 0
    assert first["sent_error"] == pytest.approx(0, abs=0.01)
    assert not first["from_history"]
    assert run(words, lambda *_: 0) == 0
    printed = capsys.readouterr().out
    assert "scaling efficiency" in printed
    assert "found in the history" in printed


TRAINED = """
import torch
from advisor.models.loaded import LoadedModel, Training

def loss(module, batch):
    return module(batch).square().mean()

def build():
    torch.manual_seed(0)  # the same weights at each load, so that it is known again
    module = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 8))
    training = Training(lambda: [torch.ones(8, 64)], loss)
    return LoadedModel("", module, (torch.ones(8, 64),), training=training)
"""
