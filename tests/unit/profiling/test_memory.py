"""Memory categories of a perceptron, whose tensors can be counted by hand."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from advisor.models.loaded import LoadedModel
from advisor.profiling.memory import profile_memory

BATCH, WIDTH = 64, 128


def perceptron() -> nn.Sequential:
    return nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH))


def memory_of(module: nn.Module, **facts: Any) -> Any:
    model = LoadedModel("test", module, (torch.ones(BATCH, WIDTH),), **facts)
    return profile_memory(model, None)


def test_states_follow_the_parameters() -> None:
    memory, notes = memory_of(perceptron())
    parameters = 4 * 2 * (WIDTH * WIDTH + WIDTH)
    step_counters = 4 * 4
    assert memory.parameters_bytes == parameters
    assert memory.gradients_bytes == parameters
    assert memory.optimizer_bytes == 2 * parameters + step_counters
    assert notes == ()


def test_inference_holds_input_and_two_activations() -> None:
    memory, _ = memory_of(perceptron())
    assert memory.inference_activation_bytes == 3 * 4 * BATCH * WIDTH


def test_training_keeps_every_activation() -> None:
    memory, _ = memory_of(perceptron())
    kept = 4 * 4 * BATCH * WIDTH
    largest_weight_gradient = 4 * WIDTH * WIDTH
    assert kept <= memory.training_activation_bytes
    assert (
        memory.training_activation_bytes <= kept + 2 * 4 * BATCH * WIDTH + largest_weight_gradient
    )


def test_frozen_parameters_have_no_gradient_and_no_moments() -> None:
    module = perceptron()
    module[0].requires_grad_(False)
    memory, _ = memory_of(module)
    assert memory.gradients_bytes == memory.parameters_bytes // 2


def test_a_loss_that_fails_is_noted_and_replaced() -> None:
    def loss(_: nn.Module) -> torch.Tensor:
        raise KeyError("labels")

    memory, notes = memory_of(perceptron(), loss=loss)
    assert memory.training_activation_bytes > 0
    assert "labels" in notes[0]


def test_a_batch_of_one_with_batch_normalization_is_tracked_in_eval_mode() -> None:
    model = LoadedModel(
        "test", nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8)), (torch.ones(1, 4),)
    )
    memory, notes = profile_memory(model, None)
    assert memory.gradients_bytes == memory.parameters_bytes
    assert len(notes) == 1


@pytest.mark.parametrize("batch", [8, 32])
def test_activations_grow_with_the_batch_and_states_do_not(batch: Any) -> None:
    one, _ = profile_memory(LoadedModel("t", perceptron(), (torch.ones(batch, WIDTH),)), None)
    two, _ = profile_memory(LoadedModel("t", perceptron(), (torch.ones(2 * batch, WIDTH),)), None)
    assert two.inference_activation_bytes == 2 * one.inference_activation_bytes
    assert two.optimizer_bytes == one.optimizer_bytes
