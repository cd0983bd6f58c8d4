"""What a training step holds, against one that is tracked operator by operator."""

from __future__ import annotations

import pytest

from advisor.catalog import load as catalog
from advisor.models.load import load
from advisor.profiling.memory import training_memory
from advisor.profiling.run import profile
from advisor.profiling.training_setting import TrainingSetting
from advisor.projection.check_training import project_training_run
from advisor.projection.setup import Setup
from tests.support.scenarios import scenario

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
    made = profile(model)
    moments, _ = training_memory(model, setting)
    tracked = max(
        sum(each.by_category.values()) for each in moments if each.phase != "foreach step"
    )
    box, held = catalog.hardware_by_id("cpu-2vcpu"), made.memory
    (projected,) = project_training_run(
        scenario(made), box, [setup], held.batch_size, held.query_tokens
    )
    assert projected.memory_bytes == pytest.approx(tracked, rel=within)
