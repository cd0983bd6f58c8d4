"""What is kept of measurements, and when one is found instead of taken again."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.history import History
from advisor.measurement.identity import Identity, identity
from advisor.measurement.result import ModelRequest
from advisor.measurement.sensitivity import LayerSensitivity, Sensitivity, SensitivityRequest
from advisor.telemetry.machine import machine
from tests.support.measurements import measurement, trained, trained_by_ranks

THIS = Identity("model", "machine")
FOUND = measurement("int8-dynamic", 0.02, 0.01, 0.9, 0.9)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "state" / "history.sqlite3")


def test_a_measurement_is_found_again_whole(history: History) -> None:
    history.add(FOUND, 0.011, THIS)
    assert history.find(THIS, FOUND.request) == FOUND


@pytest.mark.parametrize("other", [Identity("changed", "machine"), Identity("model", "moved")])
def test_a_changed_model_or_machine_is_not_the_same(history: History, other: Identity) -> None:
    history.add(FOUND, None, THIS)
    assert history.find(other, FOUND.request) is None


def test_other_strategies_or_more_repeats_are_measured_anew(history: History) -> None:
    history.add(FOUND, None, THIS)
    assert history.find(THIS, replace(FOUND.request, choices=("bf16",))) is None
    assert history.find(THIS, replace(FOUND.request, repeats=31)) is None
    assert history.find(THIS, replace(FOUND.request, repeats=5)) == FOUND


def test_the_newest_is_found(history: History) -> None:
    later = replace(FOUND, taken_at="2026-02-01T00:00:00Z")
    for each in (FOUND, later):
        history.add(each, None, THIS)
    assert history.find(THIS, FOUND.request) == later
    assert history.taken_before(THIS) == [later, FOUND]


def test_without_an_identity_it_only_counts_for_the_error(history: History) -> None:
    history.add(FOUND, 0.011, None)
    assert history.taken_before(THIS) == []
    median = history.median_error()
    assert median is not None
    assert median[0] == pytest.approx(0.1)
    assert median[1] == 1


def test_a_file_of_an_earlier_version_is_brought_up_to_date(history: History) -> None:
    history.path.parent.mkdir(parents=True)
    with sqlite3.connect(history.path) as connection:
        connection.execute(
            "CREATE TABLE measurements (id INTEGER PRIMARY KEY, taken_at TEXT NOT NULL,"
            " reference TEXT NOT NULL, choices TEXT NOT NULL, device_name TEXT NOT NULL,"
            " torch TEXT NOT NULL, projected_s REAL, measured_s REAL NOT NULL,"
            " document BLOB NOT NULL)"
        )
        connection.execute(
            "INSERT INTO measurements VALUES (1, 't', 'digits', 'bf16', 'cpu', '2.13', 1, 2, '{}')"
        )
    connection.close()
    history.add(FOUND, 0.011, THIS)
    assert history.find(THIS, FOUND.request) == FOUND
    assert [each.reference for each in history.records()] == ["by hand", "digits"]


def test_what_another_version_wrote_otherwise_is_passed_over(history: History) -> None:
    history.add(FOUND, None, THIS)
    with sqlite3.connect(history.path) as connection:
        connection.execute("UPDATE measurements SET document = '{\"baseline\": 1}'")
    connection.close()
    assert history.find(THIS, FOUND.request) is None


def test_an_identity_follows_threads_and_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    here = machine()
    before = identity("model", FOUND.request, here)
    assert before == identity("model", FOUND.request, here)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert identity("model", FOUND.request, here) != before
    assert identity("model", replace(FOUND.request, device="cuda"), here) != before
    assert identity(None, FOUND.request, here) is None


def test_training_is_found_again_and_apart_from_forward_passes(history: History) -> None:
    one, ranks = trained("amp", 2.0, 1.0), trained_by_ranks(2.0, 1.1, 1.0)
    history.add_training(one, None, THIS)
    history.add_training(ranks, None, THIS)
    assert history.trained_before(THIS) == [one]
    assert history.find_training(THIS, one.request) == one
    assert history.find_training(THIS, ranks.request) == ranks
    assert history.find_training(THIS, replace(one.request, steps=10)) == one
    assert history.find_training(THIS, replace(one.request, steps=21)) is None
    assert history.find_training(THIS, replace(one.request, choices=("lora",))) is None
    assert history.taken_before(THIS) == []


SCORES = Sensitivity(
    SensitivityRequest(ModelRequest("mine"), "int8-dynamic", limit_s=60.0),
    "accuracy",
    (LayerSensitivity("layers.0", 0.02),),
    left=0,
)


@pytest.mark.parametrize(
    ("left", "choice", "limit_s", "found"),
    [
        (0, "int8-dynamic", 600.0, True),
        (0, "bf16", 60.0, False),
        (3, "int8-dynamic", 60.0, True),
        (3, "int8-dynamic", 61.0, False),
    ],
)
def test_scores_of_layers_are_found_again(
    history: History, left: int, choice: str, limit_s: float, found: bool
) -> None:
    kept = replace(SCORES, left=left)
    history.add_sensitivity(kept, THIS)
    asked = replace(SCORES.request, choice=choice, limit_s=limit_s)
    assert history.find_sensitivity(THIS, asked) == (kept if found else None)
    assert history.find_sensitivity(Identity("changed", "machine"), asked) is None
