"""Models that are really trained further after pruning, and before quantizing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
import torch

from advisor.errors import StrategyError
from advisor.models.load import load
from advisor.models.loaded import LoadedModel, Training
from advisor.strategies.selection import apply_selection, parse_selection

HALF = "structured-pruning:ratio=0.5"


def accuracy(model: LoadedModel) -> float:
    assert model.evaluation is not None
    return model.evaluation.run(model.module.eval()).value


def applied(chosen: str, model: LoadedModel | None = None) -> LoadedModel:
    return apply_selection(model or load("digits"), parse_selection(chosen))


def test_recovery_wins_back_what_removed_channels_lost() -> None:
    assert accuracy(applied(HALF)) < 0.5
    recovered = applied(f"{HALF},recovery:steps=100")
    assert accuracy(recovered) > 0.95
    assert not recovered.module.training
    assert all(parameter.grad is None for parameter in recovered.module.parameters())


def test_weights_that_were_set_to_zero_stay_zero() -> None:
    module = applied("unstructured-pruning:ratio=0.9,recovery:steps=100").module
    layers = [each for each in module.modules() if isinstance(each, torch.nn.Linear)]
    zeros = torch.cat([layer.weight.flatten() == 0 for layer in layers])
    assert zeros.float().mean() > 0.8


def test_quantization_aware_training_leaves_plain_layers_to_quantize() -> None:
    with torch.no_grad():  # as a measurement applies it
        recovered = applied("recovery:steps=100:fake-quantize=int8")
    assert {type(each) for each in recovered.module.modules() if hasattr(each, "in_features")} == {
        torch.nn.Linear
    }
    assert accuracy(applied("int8-dynamic", recovered)) > 0.97


def test_the_users_own_loop_is_used() -> None:
    taken: list[int] = []

    def fit(module: torch.nn.Module, steps: int) -> None:
        assert module.training
        taken.append(steps)

    model = load("digits")
    assert model.training is not None
    applied("recovery:steps=300", replace(model, training=replace(model.training, fit=fit)))
    assert taken == [300]


def test_a_model_without_data_says_what_is_missing() -> None:
    with pytest.raises(StrategyError, match=r"nothing to train on.*Training\(batches, loss\)"):
        applied("recovery", replace(load("digits"), training=None))


@pytest.mark.parametrize(
    ("batches", "loss", "said"),
    [([], 0.0, "has no batch"), ([1], float("nan"), "the loss is nan at step 1")],
)
def test_data_or_a_loss_that_cannot_be_trained_on(
    batches: Iterable[int], loss: float, said: str
) -> None:
    training = Training(lambda: batches, lambda module, batch: torch.tensor(loss))
    with pytest.raises(StrategyError, match=said):
        applied("recovery:steps=100", replace(load("digits"), training=training))
