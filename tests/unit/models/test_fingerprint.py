from __future__ import annotations

from dataclasses import replace

import torch
from torch import nn

from advisor.models.fingerprint import fingerprint
from advisor.models.load import load
from advisor.models.loaded import LoadedModel


def toy(seed: int = 1, width: int = 4) -> LoadedModel:
    torch.manual_seed(seed)
    return LoadedModel("toy", nn.Sequential(nn.Linear(3, width)), (torch.ones(2, 3),))


def test_the_same_model_is_known_again_whatever_it_is_called() -> None:
    assert fingerprint(toy()) == fingerprint(replace(toy(), reference="another name"))
    assert fingerprint(load("digits")) == fingerprint(load("digits"))


def test_one_changed_weight_makes_another_model() -> None:
    changed = toy()
    with torch.no_grad():
        next(changed.module.parameters())[0, 0] += 1e-6
    assert fingerprint(changed) != fingerprint(toy())


def test_other_inputs_or_another_shape_make_another_model() -> None:
    assert fingerprint(replace(toy(), inputs=(torch.ones(1, 3),))) != fingerprint(toy())
    assert fingerprint(toy(width=5)) != fingerprint(toy())


def test_random_weights_count_by_shape_alone() -> None:
    one, two = (replace(toy(seed), weights="random") for seed in (1, 2))
    assert fingerprint(one) == fingerprint(two)
    assert fingerprint(toy(1)) != fingerprint(toy(2))


def test_weights_in_16_bits_and_on_the_meta_device_have_one_too() -> None:
    half = replace(toy(), module=toy().module.bfloat16())
    meta = replace(toy(), module=toy().module.to("meta"), weights="meta")
    assert len({fingerprint(half), fingerprint(meta), fingerprint(toy())}) == 3
