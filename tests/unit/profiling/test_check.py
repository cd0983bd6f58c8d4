"""A model that fails on its inputs is told apart from one that cannot be traced."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from advisor.errors import ModelError
from advisor.models.loaded import LoadedModel
from advisor.profiling.run import profile


class Outer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.Linear(9, 2))

    def forward(self, x: Any) -> Any:
        return self.body(x)


@pytest.mark.parametrize("weights", ["trained", "meta"])
def test_failure_names_the_deepest_module_its_type_and_shapes(weights: Any) -> None:
    with pytest.raises(ModelError) as raised:
        profile(LoadedModel("mine.py:build", Outer(), (torch.ones(3, 4),), weights=weights))
    message = str(raised.value)
    for part in ("mine.py:build", "'body.1'", "Linear", "(3, 8) float32", "RuntimeError"):
        assert part in message


def test_a_path_that_hangs_on_values_runs_with_them() -> None:
    class Branching(nn.Module):
        factor: torch.Tensor

        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(4, 4)
            self.register_buffer("factor", torch.tensor(2))

        def forward(self, x: Any) -> Any:
            return self.linear(self.linear(x)) if int(self.factor) == 2 else self.linear(x)

    made = profile(LoadedModel("test", Branching(), (torch.ones(3, 4),)))
    assert made.multiply_adds == 2 * 3 * 4 * 4


def test_the_model_is_left_as_it_was() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout()).train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    profile(LoadedModel("test", model, (torch.randn(2, 3, 8, 8),)))
    assert model.training
    assert all(not each._forward_hooks and not each._forward_pre_hooks for each in model.modules())
    assert all(each.grad is None for each in model.parameters())
    for key, value in model.state_dict().items():
        assert torch.equal(value, before[key])


class Masked(nn.Module):
    def forward(self, x: Any, mask: torch.Tensor, scale: float = 1.0) -> Any:
        return x * mask * scale


def test_failure_says_what_the_model_takes_what_it_got_and_what_to_pass() -> None:
    with pytest.raises(ModelError) as raised:
        profile(LoadedModel("mine.py:build", Masked(), (torch.ones(3, 4),)))
    message = str(raised.value)
    for part in ("(x, mask, scale=1.0)", "((3, 4) float32)", "--batch N", "FILE.py:FACTORY"):
        assert part in message
    assert "--sequence" not in message


def test_failure_on_token_ids_offers_another_length() -> None:
    model = LoadedModel("m", Outer(), keyword_inputs={"x": torch.zeros(2, 5, dtype=torch.long)})
    with pytest.raises(ModelError, match=r"x=\(2, 5\) int64.*--sequence N"):
        profile(model)
