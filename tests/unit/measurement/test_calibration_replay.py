"""A replay runs the kernels of a model, in their order, and none of its Python."""

from __future__ import annotations

import torch
from torch import nn

from advisor.measurement.calibration.replay import Replay


class Counted(nn.Module):
    """Turns its input over, projects it, and counts how often its Python ran."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        self.runs = 0

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        self.runs += 1
        hidden: torch.Tensor = self.inner(rows.transpose(0, 1))
        return hidden


class Looked(nn.Module):
    """Looks rows up by indices that it changes afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(4, 2)

    def forward(self, indices: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.table(indices)
        indices.add_(100)
        return found


def test_kernels_run_again_without_the_models_python() -> None:
    model = Counted()
    replay = Replay(model, (torch.randn(4, 4),))
    with torch.no_grad(), torch.profiler.profile() as seen:
        replay.run()
    names = [each.key for each in seen.key_averages()]
    assert "aten::addmm" in names
    assert "aten::relu" in names
    assert "aten::transpose" not in names
    assert model.runs == 1


def test_something_runs_after_each_innermost_module() -> None:
    replay = Replay(Counted(), (torch.randn(4, 4),))
    pushed: list[int] = []
    assert len(replay.run_among(lambda: pushed.append(1))) == len(pushed) == 2


def test_indices_stay_what_they_were_when_a_kernel_read_them() -> None:
    replay = Replay(Looked(), (torch.tensor([0, 3]),))
    for _ in range(2):
        replay.run()


def test_the_model_is_as_it_was() -> None:
    model = Counted()
    Replay(model, (torch.randn(4, 4),))
    assert not any(each._forward_hooks for each in model.modules())
