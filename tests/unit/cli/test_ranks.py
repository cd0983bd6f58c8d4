"""What training in several processes came to, as it is printed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.cli._ranks import print_ranks
from advisor.measurement.distributed.comparison import compare_ranks
from tests.support.measurements import trained_by_ranks
from tests.support.profiles import decoder
from tests.support.scenarios import scenario


def printed(capsys: pytest.CaptureFixture[str], one_s: float | None) -> str:
    given = scenario(decoder())
    found = replace(trained_by_ranks(one_s, 1.25, 1.0), notes=("a [note]",))
    print_ranks(compare_ranks(found, given, given.hardware))
    return capsys.readouterr().out


def test_scaling_traffic_and_loss_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, 2.0)
    assert "scaling efficiency: 80.0% of linear" in text
    assert "1.60 times as fast as one process" in text
    assert "1 × all-reduce of 100 B" in text
    assert "largest difference of a step: 9.9e-03: not the same" in text
    assert "2 processes over gloo with 1 threads each" in text
    assert "note: a [note]" in text


def test_what_one_process_could_not_hold_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, None)
    assert "scaling efficiency: unknown" in text
    assert "largest difference of a step: unknown" in text
