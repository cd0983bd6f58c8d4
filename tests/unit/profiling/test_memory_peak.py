"""Where a step peaks, and that what is told for that moment is all there at once."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from advisor.models.loaded import LoadedModel
from advisor.profiling.memory import inference_memory, profile_memory, training_memory
from advisor.profiling.profile import MemoryMoment, MemoryProfile
from advisor.profiling.training_setting import TrainingSetting

WIDTH = 64
WEIGHT = 4 * WIDTH * WIDTH


def chain(batch: int, layers: int = 3) -> LoadedModel:
    blocks = [nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(layers)]
    return LoadedModel("chain", nn.Sequential(*blocks), (torch.ones(batch, WIDTH),))


def told(model: LoadedModel) -> MemoryProfile:
    return profile_memory(model, None)[0]


def moment(profile: MemoryProfile, phase: str) -> MemoryMoment:
    return max(
        (each for each in profile.training_moments if each.phase == phase),
        key=lambda each: each.total_bytes,
    )


def test_a_small_batch_peaks_in_the_optimizer_with_all_gradients() -> None:
    profile = told(chain(batch=1))
    peak = profile.training_peak
    assert peak is not None
    assert peak.phase == "step"
    assert peak.gradients_bytes == profile.gradients_bytes == 3 * WEIGHT


def test_a_large_batch_peaks_before_the_gradients_are_there() -> None:
    peak = told(chain(batch=4096)).training_peak
    assert peak is not None
    assert peak.phase in ("forward", "backward")
    assert peak.gradients_bytes <= WEIGHT
    assert peak.activations_bytes >= 3 * 4 * 4096 * WIDTH


def test_the_peak_is_less_than_the_sum_of_the_categories_peaks() -> None:
    profile = told(chain(batch=512))
    kept = profile.training_activation_bytes
    assert kept is not None
    separately = profile.parameters_bytes + profile.gradients_bytes + profile.optimizer_bytes + kept
    assert profile.training_peak_bytes is not None
    assert profile.training_peak_bytes < separately


def test_the_states_of_a_step_that_is_not_the_first_are_there_all_along() -> None:
    profile = told(chain(batch=8))
    assert {each.optimizer_bytes for each in profile.training_moments} == {profile.optimizer_bytes}
    assert profile.optimizer_bytes == 2 * 3 * WEIGHT + 3 * 4


def test_a_step_over_all_tensors_at_once_works_on_a_copy_of_each() -> None:
    profile = told(chain(batch=8, layers=8))
    one, all_at_once = moment(profile, "step"), moment(profile, "foreach step")
    assert all_at_once.temporaries_bytes >= 8 * WEIGHT
    assert one.temporaries_bytes <= 3 * WEIGHT + 64


def test_holders_name_the_modules_that_hold_the_peak() -> None:
    wide = nn.Sequential(nn.Linear(8, 8), nn.Sequential(nn.Linear(8, 4096), nn.ReLU()))
    profile = told(LoadedModel("wide", wide, (torch.ones(2, 8),)))
    peak = profile.training_peak
    assert peak is not None
    assert peak.holders[0].module == "*.*"
    assert peak.holders[0].held_bytes > 4 * 9 * 4096 * 4 * 0.9
    held = profile.parameters_bytes + profile.buffers_bytes + peak.total_bytes
    assert sum(each.held_bytes for each in peak.holders) == held


def test_a_parameter_that_no_gradient_reaches_has_no_states() -> None:
    module = nn.Sequential(nn.Linear(4, 4))
    module.register_parameter("idle", nn.Parameter(torch.ones(1000)))
    profile = told(LoadedModel("idle", module, (torch.ones(2, 4),)))
    assert profile.parameters_bytes == 4 * (16 + 4 + 1000)
    assert profile.gradients_bytes == 4 * (16 + 4)
    assert profile.optimizer_bytes == 2 * 4 * (16 + 4) + 2 * 4


def test_tied_weights_are_held_once() -> None:
    first = nn.Linear(WIDTH, WIDTH, bias=False)
    second = nn.Linear(WIDTH, WIDTH, bias=False)
    second.weight = first.weight
    profile = told(LoadedModel("tied", nn.Sequential(first, second), (torch.ones(4, WIDTH),)))
    assert profile.parameters_bytes == profile.gradients_bytes == WEIGHT


@pytest.mark.parametrize("sparse", [False, True])
def test_sparse_gradients_are_not_those_of_the_whole_table(sparse: bool) -> None:
    module = nn.Embedding(1000, WIDTH, sparse=sparse)
    model = LoadedModel("table", module, (torch.zeros(1, 3, dtype=torch.long),))
    moments, notes = training_memory(model, TrainingSetting("sgd"))
    assert notes == ()
    table = 4 * 1000 * WIDTH
    assert (max(each.total_bytes for each in moments) < 2 * table) == sparse


class Repeated(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))
            for _ in range(4)
        )

    def forward(self, x: Any) -> Any:
        for block in self.blocks:
            x = x + block(x)
        return x


def peak_bytes(setting: TrainingSetting, batch: int = 512) -> int:
    model = LoadedModel("blocks", Repeated(), (torch.ones(batch, WIDTH),))
    moments, notes = training_memory(model, setting)
    assert notes == ()
    return max(each.total_bytes for each in moments if each.phase != "foreach step")


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (TrainingSetting("sgd"), TrainingSetting("sgd-momentum")),
        (TrainingSetting("sgd-momentum"), TrainingSetting("adam")),
        (TrainingSetting("adamw-8bit"), TrainingSetting("adamw")),
        (TrainingSetting(precision="bf16"), TrainingSetting(precision="fp32")),
        (TrainingSetting(precision="amp-bf16"), TrainingSetting(precision="fp32")),
        (TrainingSetting(checkpointing=True), TrainingSetting()),
        (TrainingSetting(frozen=("blocks.0.*", "blocks.1.*")), TrainingSetting()),
    ],
)
def test_a_setting_that_holds_less_is_told_to(less: TrainingSetting, more: TrainingSetting) -> None:
    assert peak_bytes(less) < peak_bytes(more)


def test_pure_bf16_halves_everything() -> None:
    ratio = peak_bytes(TrainingSetting(precision="bf16")) / peak_bytes(TrainingSetting())
    assert ratio == pytest.approx(0.5, abs=0.01)


def test_inference_holds_no_more_than_two_neighbours() -> None:
    held = inference_memory(chain(batch=256, layers=6))
    assert held.by_category["activations"] == 3 * 4 * 256 * WIDTH  # the input stays
