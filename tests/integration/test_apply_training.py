"""Strategies for training, really applied: what is trained, held and learnt."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from advisor.errors import StrategyError
from advisor.measurement.trainee import Trainee
from advisor.measurement.training_data import Batches, training_batches
from advisor.models.load import load
from advisor.strategies.selection import apply_selection, parse_selection

CPU = torch.device("cpu")


def trainee(reference: str, chosen: str) -> Trainee:
    torch.manual_seed(0)
    model = apply_selection(load(reference), parse_selection(chosen))
    return Trainee(model, _small(training_batches(model, CPU)), 3e-4)


def _small(data: Batches) -> Batches:
    """Two samples a batch, of 64 tokens where they are sequences."""

    def batch(step: int) -> tuple[torch.Tensor, ...]:
        found = (each[:2] for each in data.batch(step))
        return tuple(each[:, :64] if data.tokens else each for each in found)

    return replace(data, batch=batch)


def gradients(each: Trainee) -> torch.Tensor:
    each.gradients(0)
    return torch.cat([p.grad.flatten() for p in each.trained if p.grad is not None])


def test_micro_batches_sum_to_the_gradients_of_the_whole_batch() -> None:
    whole = gradients(trainee("tiny-gpt", ""))
    parts = gradients(trainee("tiny-gpt", "gradient-accumulation:steps=2"))
    torch.testing.assert_close(parts, whole, rtol=1e-3, atol=1e-5)


def test_checkpointing_keeps_less_and_has_the_same_gradients() -> None:
    plain, again = trainee("tiny-gpt", ""), trainee("tiny-gpt", "activation-checkpointing")
    torch.testing.assert_close(gradients(again), gradients(plain), rtol=1e-4, atol=1e-6)
    kept, less = (each.held_bytes()["activations"] for each in (plain, again))
    assert less < 0.4 * kept


@pytest.mark.parametrize("chosen", ["lora:rank=8", "qlora:rank=8"])
def test_adapters_alone_are_trained_and_start_at_the_model_as_it_came(chosen: str) -> None:
    plain, tuned = trainee("tiny-gpt", ""), trainee("tiny-gpt", chosen)
    losses = [each.gradients(0) for each in (plain, tuned)]
    assert losses[1] == pytest.approx(losses[0], rel=0.1 if "qlora" in chosen else 1e-5)
    # 4 layers: 8 × the sum of both sides of q, k, v, o, gate, up and down.
    sides = 4 * (2 * (192 + 192) + 2 * (192 + 64) + 3 * (192 + 512))
    assert sum(each.numel() for each in tuned.trained) == 8 * sides


def test_a_few_steps_lower_the_loss_on_the_same_batch() -> None:
    each = trainee("digits", "lora")
    before = each.gradients(0)
    each.optimizer.zero_grad()
    for _ in range(5):
        each.gradients(0)
        each.optimizer.step()
        each.optimizer.zero_grad()
    assert each.gradients(0) < before


def test_data_parallel_outside_a_process_group_says_what_it_needs() -> None:
    with pytest.raises(StrategyError, match="torchrun"):
        apply_selection(load("digits"), parse_selection("ddp"))
