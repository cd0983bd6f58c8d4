from __future__ import annotations

import math

import numpy as np
import pytest
from torch import nn

from advisor.errors import ModelError, StrategyError
from advisor.measurement.quality import evaluate
from advisor.models.loaded import Evaluation, EvaluationResult, LoadedModel, WeightsOrigin


def model(result: EvaluationResult, weights: WeightsOrigin = "trained") -> LoadedModel:
    evaluation = Evaluation("accuracy", higher_is_better=True, run=lambda _: result)
    return LoadedModel("toy", nn.ReLU(), evaluation=evaluation, weights=weights)


def test_score_and_classes_are_taken_over_as_plain_numbers() -> None:
    result = EvaluationResult(np.float32(0.5), np.int64(4), {"cat": np.float64(0.25)})
    found = evaluate(model(result), ModelError)
    assert found is not None
    assert (found.metric, found.value, found.samples) == ("accuracy", 0.5, 4)
    assert found.per_class == {"cat": 0.25}
    assert {type(found.value), type(found.samples)} == {float, int}


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_score_that_is_no_number_is_an_error_of_whom_it_is_scored_for(value: float) -> None:
    with pytest.raises(StrategyError, match=f"accuracy is {value}"):
        evaluate(model(EvaluationResult(value, 4)), StrategyError)
    with pytest.raises(ModelError, match="class 'cat'"):
        evaluate(model(EvaluationResult(0.5, 4, {"cat": value})), ModelError)


def test_random_weights_are_not_scored() -> None:
    assert evaluate(model(EvaluationResult(0.1, 4), weights="random"), ModelError) is None


def test_model_without_evaluation_has_no_score() -> None:
    assert evaluate(LoadedModel("toy", nn.ReLU()), ModelError) is None
