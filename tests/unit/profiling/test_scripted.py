"""Scripted functions on tensors without data."""

from __future__ import annotations

import pytest
import torch
from torch._subclasses import FakeTensorMode

from advisor.profiling.scripted import scripted_functions_as_python


@torch.jit.script
def at_most(x: torch.Tensor, limit: float) -> torch.Tensor:
    return torch.where(x > limit, torch.tensor(limit).type_as(x), x)


def test_a_scripted_function_runs_on_tensors_without_data() -> None:
    with scripted_functions_as_python(), FakeTensorMode():
        assert at_most(torch.ones(3), 2.0).shape == (3,)


def test_the_interpreter_is_back_afterwards() -> None:
    with scripted_functions_as_python():
        pass
    assert at_most(torch.tensor([1.0, 3.0]), 2.0).tolist() == [1.0, 2.0]
    with FakeTensorMode(), pytest.raises(RuntimeError, match="TorchScript interpreter"):
        at_most(torch.ones(3), 2.0)
