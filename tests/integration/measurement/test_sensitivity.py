"""One layer at a time, really changed and scored."""

from __future__ import annotations

import pytest

from advisor.errors import ModelError, StrategyError
from advisor.measurement import sensitivity_job
from advisor.measurement.result import ModelRequest
from advisor.measurement.sensitivity import Sensitivity, SensitivityRequest
from tests.integration.measurement.conftest import WriteModel


def scored(reference: str, choice: str, limit_s: float = 60.0) -> Sensitivity:
    request = SensitivityRequest(ModelRequest(reference), choice, limit_s=limit_s)
    return sensitivity_job.run(request, lambda *_: None).found


@pytest.mark.parametrize("choice", ["unstructured-pruning:ratio=0.9", "structured-pruning"])
def test_layers_differ_in_what_they_bear(choice: str) -> None:
    found = scored("digits", choice)
    drops = [each.quality_drop for each in found.layers]
    assert drops == sorted(drops, reverse=True)
    assert len(drops) > 1
    assert drops[0] > 0.01
    assert drops[-1] < drops[0]
    assert found.metric == "accuracy"
    assert found.together >= drops[0]
    assert found.left == 0


def test_layers_that_time_is_not_enough_for_are_counted() -> None:
    assert scored("digits", "unstructured-pruning", limit_s=1e-3).left > 0


def test_a_model_that_nobody_scores_is_refused(write_model: WriteModel) -> None:
    with pytest.raises(ModelError, match="no evaluation"):
        scored(write_model("def build(): return Mlp(), INPUTS"), "unstructured-pruning")


def test_what_works_on_no_layer_alone_is_refused(write_model: WriteModel) -> None:
    reference = write_model(
        """
        from advisor.models.loaded import Evaluation, EvaluationResult, LoadedModel

        def build():
            score = Evaluation("score", True, lambda module: EvaluationResult(0.5, 1))
            return LoadedModel("", nn.Linear(100, 10), (torch.ones(1, 100),), evaluation=score)
        """
    )
    with pytest.raises(StrategyError, match="no layer that it can change alone"):
        scored(reference, "int4-weight-only:group=128")
