from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from advisor.measurement import memory
from advisor.measurement.size import stored_bytes

CPU = torch.device("cpu")
MIB = 2**20


def can_reset() -> bool:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def test_peak_is_what_is_stored_and_what_a_run_allocates_to_the_byte() -> None:
    module = nn.Linear(64, 64)

    def forward() -> None:
        torch.ones(64 * MIB // 4).sum()

    for _ in range(3):  # however much was held and freed before
        peak = memory.peak_bytes(module, forward, CPU)
        assert 64 * MIB <= peak - stored_bytes(module) <= 64 * MIB + 1024


def test_peak_of_an_earlier_larger_run_is_forgotten() -> None:
    torch.ones(128 * MIB // 4).sum()
    peak = memory.peak_bytes(nn.ReLU(), lambda: torch.ones(16 * MIB // 4).sum(), CPU)
    assert peak == pytest.approx(16 * MIB, rel=0.001)


def test_inputs_count_once_each() -> None:
    one = torch.ones(1024)
    assert memory.peak_bytes(nn.ReLU(), lambda: None, CPU, [one, one[:7]]) == 4096


def test_an_input_cut_from_a_data_set_counts_its_own_bytes() -> None:
    rows = torch.ones(1000, 1024)
    assert memory.peak_bytes(nn.ReLU(), lambda: None, CPU, [rows[:2], rows[2:3]]) == 3 * 4096


@pytest.mark.skipif(not can_reset(), reason="this system does not let a process reset its peak")
def test_resident_size_grows_by_what_a_run_touches() -> None:
    growth = memory.resident_growth_bytes(lambda: torch.ones(64 * MIB // 4).sum())
    assert growth == pytest.approx(64 * MIB, rel=0.05)


def test_resident_growth_is_unknown_where_it_cannot_be_reset(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(memory, "_CLEAR_REFS", tmp_path / "absent" / "clear_refs")
    assert memory.resident_growth_bytes(lambda: None) is None
