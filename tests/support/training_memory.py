"""What a training step holds: projected from a profile, and tracked operator by operator."""

from __future__ import annotations

from advisor.catalog import load
from advisor.models.loaded import LoadedModel
from advisor.profiling.memory import training_memory
from advisor.profiling.profile import ModelProfile
from advisor.profiling.training_setting import TrainingSetting
from advisor.projection.check_training import project_training_run
from advisor.projection.setup import Setup
from tests.support.scenarios import scenario


def projected_bytes(made: ModelProfile, setup: Setup) -> float | None:
    """Of a step on the inputs of the profile, on a processor."""
    asked, box, held = scenario(made), load.hardware_by_id("cpu-2vcpu"), made.memory
    (found,) = project_training_run(asked, box, [setup], held.batch_size, held.query_tokens)
    return found.memory_bytes


def tracked_bytes(model: LoadedModel, setting: TrainingSetting) -> int:
    """The peak of such a step, which takes one tensor after the other, as on a processor."""
    moments, _ = training_memory(model, setting)
    return max(each.total_bytes for each in moments if each.phase != "foreach step")
