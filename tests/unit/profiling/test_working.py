from __future__ import annotations

import torch
from torch import nn

from advisor.models.loaded import LoadedModel
from advisor.profiling.run import profile


def test_moments_tell_convolutions_and_linear_layers_apart() -> None:
    module = nn.Sequential(
        nn.Conv2d(4, 8, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(512, 4)
    )
    model = LoadedModel("small", module.eval(), (torch.zeros(2, 4, 8, 8),), weights="random")
    memory = profile(model).memory
    by_kind = {each.kind: each for each in memory.inference_moments}
    given, made = 2 * 4 * 64 * 4, 2 * 8 * 64 * 4
    assert max(each.held_bytes for each in memory.inference_moments) == given + 2 * made
    assert memory.inference_activation_bytes == given + 2 * made
    assert by_kind["conv"].held_bytes == given + made
    assert by_kind["conv"].output_bytes == made
    assert by_kind["conv"].weight_bytes == 8 * 4 * 9 * 4
    assert by_kind["linear"].weight_bytes == 512 * 4 * 4
    assert by_kind["linear"].seen_weight_bytes == 512 * 4 * 4 + 8 * 4 * 9 * 4
