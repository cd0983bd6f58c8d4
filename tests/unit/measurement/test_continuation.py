"""Decoders that count up, or repeat, instead of speaking."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from advisor.measurement.continuation import token_agreement
from advisor.models.load import load
from advisor.models.loaded import DecoderShape, LoadedModel

SHAPE = DecoderShape(1, 1, 1, 1, 1, 10)


class Counting(nn.Module):
    """After token t comes t + step, of ten."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step
        self.lengths: set[int] = set()

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        self.lengths.add(ids.shape[1])
        return nn.functional.one_hot((ids + self.step) % 10, 10).float()


def decoder(step: int, ids: torch.Tensor | None = None) -> LoadedModel:
    prompt = torch.tensor([[3, 1, 4], [1, 5, 9]]) if ids is None else ids
    return LoadedModel("counting", Counting(step), (prompt,), decoder=SHAPE)


def test_who_says_the_same_agrees() -> None:
    assert token_agreement(decoder(1), decoder(1), 1e-6) == 1.0


def test_who_goes_another_way_meets_only_by_chance() -> None:
    # 4 5 6 … and 6 8 0 …: the same every fifth token.
    assert token_agreement(decoder(1), decoder(3), 1e-6, chosen=20) == pytest.approx(0.2)


def test_the_window_keeps_its_shape() -> None:
    one = decoder(1)
    token_agreement(one, decoder(1), 1e-6)
    assert isinstance(one.module, Counting)
    assert one.module.lengths == {3}


def test_slow_models_are_asked_for_fewer_tokens() -> None:
    # At 2 s a token only five fit: 5 6 7 8 9 against 7 0 3 6 9, the last by chance.
    one, two = decoder(1, torch.tensor([[4]])), decoder(3, torch.tensor([[4]]))
    assert token_agreement(one, two, forward_s=2.0) == pytest.approx(0.2)


def test_hidden_tokens_and_other_models_are_not_asked() -> None:
    asked = {"ids": torch.tensor([[1, 2]]), "attention_mask": torch.tensor([[1, 0]])}
    padded = LoadedModel("padded", Counting(1), keyword_inputs=asked, decoder=SHAPE)
    assert token_agreement(padded, padded, 1e-6) is None
    plain = LoadedModel("plain", Counting(1), (torch.tensor([[1, 2]]),))
    assert token_agreement(plain, plain, 1e-6) is None


def test_tiny_gpt_goes_on_like_itself() -> None:
    model = load("tiny-gpt")
    with torch.no_grad():
        assert token_agreement(model, load("tiny-gpt"), 1e-6, chosen=4) == 1.0
