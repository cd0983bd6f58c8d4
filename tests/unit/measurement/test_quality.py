from __future__ import annotations

import math

import numpy as np
import pytest
from torch import nn

from advisor.errors import ModelError, StrategyError
from advisor.measurement.quality import Scored, drop_interval, evaluate
from advisor.models.loaded import Evaluation, EvaluationResult, LoadedModel, WeightsOrigin


def model(result: EvaluationResult, weights: WeightsOrigin = "trained") -> LoadedModel:
    evaluation = Evaluation("accuracy", higher_is_better=True, run=lambda _: result)
    return LoadedModel("toy", nn.ReLU(), evaluation=evaluation, weights=weights)


def test_score_and_classes_are_taken_over_as_plain_numbers() -> None:
    result = EvaluationResult(np.float32(0.5), np.int64(4), {"cat": np.float64(0.25)})
    scored = evaluate(model(result), ModelError)
    assert scored is not None
    found = scored.quality
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


def scored(right: list[float], classes: list[str] | None = None) -> Scored:
    mean = sum(right) / len(right)
    result = EvaluationResult(mean, len(right), per_sample=right, sample_classes=classes)
    found = evaluate(model(result), ModelError)
    assert found is not None
    return found


def test_a_difference_that_few_samples_make_is_within_noise() -> None:
    before, after = scored([1.0] * 99 + [0.0]), scored([1.0] * 98 + [0.0, 1.0])
    found = drop_interval(before, after)
    assert found is not None
    assert found.holds(0.0)


def test_a_difference_that_many_samples_make_is_not() -> None:
    found = drop_interval(scored([1.0] * 100), scored([1.0] * 80 + [0.0] * 20))
    assert found is not None
    assert 0.1 < found.low < 0.2 < found.high < 0.3


def test_models_that_answer_alike_differ_by_nothing_at_all() -> None:
    found = drop_interval(scored([1.0, 0.0] * 20), scored([1.0, 0.0] * 20))
    assert found is not None
    assert (found.low, found.high) == (0.0, 0.0)


def test_the_interval_of_a_class_is_over_its_own_samples() -> None:
    classes = ["cat"] * 50 + ["dog"] * 50
    before, after = scored([1.0] * 100, classes), scored([1.0] * 50 + [0.0] * 50, classes)
    of_cat, of_dog = (drop_interval(before, after, name) for name in ("cat", "dog"))
    assert of_cat is not None
    assert of_dog is not None
    assert (of_cat.high, of_dog.low) == (0.0, 1.0)


def test_without_numbers_for_each_sample_there_is_no_interval() -> None:
    found = evaluate(model(EvaluationResult(0.5, 4)), ModelError)
    assert found is not None
    assert drop_interval(found, found) is None


def test_numbers_that_do_not_make_the_score_are_refused() -> None:
    with pytest.raises(ModelError, match="make 1 of their mean"):
        evaluate(model(EvaluationResult(0.5, 2, per_sample=[1.0, 1.0])), ModelError)
