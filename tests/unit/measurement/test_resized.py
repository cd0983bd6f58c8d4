"""Example inputs at the sizes of --batch and --sequence."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from advisor.errors import UsageError
from advisor.measurement.resized import resized
from advisor.measurement.result import ModelRequest
from advisor.models.loaded import LoadedModel


def request(batch: int | None = None, tokens: int | None = None) -> ModelRequest:
    return ModelRequest("m", batch_size=batch, sequence_tokens=tokens)


def tokens(**facts: Any) -> LoadedModel:
    inputs = {"input_ids": torch.arange(10).view(2, 5), "attention_mask": torch.ones(2, 5).long()}
    return LoadedModel("m", nn.Embedding(10, 4), keyword_inputs=inputs, **facts)


@pytest.mark.parametrize(("batch", "length"), [(1, 5), (7, 3), (2, 12), (5, 11)])
def test_token_ids_and_masks_get_both_sizes(batch: int, length: int) -> None:
    made = resized(tokens(), request(batch, length))
    assert {tuple(each.shape) for each in made.keyword_inputs.values()} == {(batch, length)}


def test_samples_are_repeated_and_other_dimensions_stay() -> None:
    model = LoadedModel("m", nn.Linear(3, 3), (torch.ones(2, 3), torch.tensor(1.0)))
    pixels, scale = resized(model, request(batch=5)).inputs
    assert pixels.shape == (5, 3)
    assert scale.shape == ()


def test_what_is_not_asked_for_stays_the_very_same() -> None:
    model = tokens()
    assert resized(model, request()) is model


def test_a_loss_on_the_old_inputs_is_left_out() -> None:
    model = tokens(loss=lambda module: torch.zeros(()))
    assert resized(model, request(batch=3)).loss is None


def test_a_sequence_for_a_model_without_tokens_is_refused_with_its_shapes() -> None:
    model = LoadedModel("m", nn.Linear(3, 3), (torch.ones(2, 3),))
    with pytest.raises(UsageError, match=r"--sequence 8.*\(2, 3\) float32"):
        resized(model, request(tokens=8))


@pytest.mark.parametrize(("asked", "option"), [(request(batch=0), "--batch 0"),
                                               (request(tokens=-1), "--sequence -1")])  # fmt: skip
def test_less_than_one_is_refused(asked: ModelRequest, option: str) -> None:
    with pytest.raises(UsageError, match=option):
        resized(tokens(), asked)


def test_smaller_models_of_the_same_kind_get_the_sizes_too() -> None:
    model = tokens(with_layers=lambda indices: tokens())
    made = resized(model, request(batch=3))
    assert made.with_layers is not None
    assert made.with_layers([0]).keyword_inputs["input_ids"].shape == (3, 5)
