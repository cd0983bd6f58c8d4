"""What a training step holds, against one that is tracked operator by operator."""

from __future__ import annotations

import pytest

from advisor.models.load import load
from advisor.profiling.run import profile
from advisor.profiling.training_setting import TrainingSetting
from advisor.projection.setup import Setup
from tests.support.training_memory import projected_bytes, tracked_bytes

PLAIN = TrainingSetting()
AMP = TrainingSetting(precision="amp-bf16")


@pytest.mark.parametrize(
    ("reference", "setup", "setting", "within"),
    [
        ("tiny-gpt", Setup(), PLAIN, 0.001),
        ("tiny-gpt", Setup(autocast="bf16"), AMP, 0.03),
        ("digits", Setup(), PLAIN, 0.001),
        # A convolution's input in 32 bits is kept beside the copy that is cast.
        ("digits", Setup(autocast="bf16"), AMP, 0.12),
    ],
)
def test_a_step_holds_what_is_projected(
    reference: str, setup: Setup, setting: TrainingSetting, within: float
) -> None:
    model = load(reference)
    tracked = tracked_bytes(model, setting)
    assert projected_bytes(profile(model), setup) == pytest.approx(tracked, rel=within)
