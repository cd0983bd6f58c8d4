"""Memory of a forward pass, to the byte where the arithmetic tells it."""

from __future__ import annotations

import torch
from torch import nn

from advisor.measurement import device, memory
from advisor.measurement.size import stored_bytes

MIB = 2**20


class TwoSteps(nn.Module):
    """Holds the result of one step while it makes that of the next."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1024, 1024))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return torch.relu(rows * self.scale)


def test_the_peak_of_a_forward_is_the_allocators_to_the_byte() -> None:
    on = device.find("cuda")
    module = TwoSteps().to(on)
    rows = torch.ones(1024, 1024, device=on)
    with torch.no_grad():
        found = memory.peak_bytes(module, lambda: module(rows), on)
    assert found == stored_bytes(module) + 2 * rows.nbytes == 12 * MIB


def test_what_an_earlier_run_held_is_not_in_the_peak() -> None:
    on = device.find("cuda")
    module = nn.ReLU()
    torch.ones(64 * MIB, device=on)
    rows = torch.ones(MIB, device=on)
    with torch.no_grad():
        assert memory.peak_bytes(module, lambda: module(rows), on) == rows.nbytes


def test_the_driver_sees_an_allocation() -> None:
    on = device.find("cuda")
    before = device.memory_used_bytes(on)
    held = torch.empty(512 * MIB, dtype=torch.uint8, device=on)
    after = device.memory_used_bytes(on)
    assert before is not None
    assert after is not None
    assert abs(after - before - held.nbytes) <= 64 * MIB
