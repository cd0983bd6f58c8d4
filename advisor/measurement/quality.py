"""Quality of baseline and variant by the evaluation that the model brings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from advisor.errors import AdvisorError
from advisor.measurement.interval import Indices, paired_bootstrap
from advisor.measurement.result import Interval, MeasuredQuality
from advisor.models.loaded import Evaluation, EvaluationResult, LoadedModel


@dataclass(frozen=True)
class Scored:
    """A score, and the numbers of its samples where the evaluation gives them."""

    quality: MeasuredQuality
    per_sample: npt.NDArray[np.float64] | None
    classes: npt.NDArray[np.str_] | None
    evaluation: Evaluation


def evaluate(model: LoadedModel, blame: type[AdvisorError]) -> Scored | None:
    """Run the model's evaluation; None where it has none, or random weights make it meaningless.

    Raises `blame` where the score is not a number, or the numbers of the samples do not make it.
    """
    evaluation = model.evaluation
    if evaluation is None or model.weights != "trained":
        return None
    result = evaluation.run(model.module)
    scores = {"": result.value, **(result.per_class or {}), **(result.scores or {})}
    for name, score in scores.items():
        if not math.isfinite(score):
            of_class = f" of class {name!r}" if name else ""
            raise blame(f"its {evaluation.metric}{of_class} is {score}: the outputs are not usable")
    quality = MeasuredQuality(
        metric=evaluation.metric,
        value=float(result.value),
        higher_is_better=evaluation.higher_is_better,
        samples=int(result.samples),
        per_class=_plain(result.per_class) if result.per_class else None,
        scores=_plain(result.scores) if result.scores else None,
    )
    classes = None if result.sample_classes is None else np.array(result.sample_classes, np.str_)
    return Scored(quality, _per_sample(evaluation, result, blame), classes, evaluation)


def drop_interval(before: Scored, after: Scored, of_class: str | None = None) -> Interval | None:
    """Of the share of the metric lost, over the samples, or over those of one class.

    None where there are no numbers for each sample, or not as many for both.
    """
    one, two = before.per_sample, after.per_sample
    if one is None or two is None or len(one) != len(two):
        return None
    if of_class is not None:
        if before.classes is None or len(before.classes) != len(one):
            return None
        one, two = one[before.classes == of_class], two[before.classes == of_class]
    of_mean = before.evaluation.of_mean or float
    sign = 1.0 if before.evaluation.higher_is_better else -1.0

    def drop(drawn: Indices) -> float:
        first, second = of_mean(float(one[drawn].mean())), of_mean(float(two[drawn].mean()))
        return sign * (first - second) / abs(first) if first else math.nan

    return paired_bootstrap(len(one), drop)


def _per_sample(
    evaluation: Evaluation, result: EvaluationResult, blame: type[AdvisorError]
) -> npt.NDArray[np.float64] | None:
    if result.per_sample is None:
        return None
    scores = np.asarray(result.per_sample, np.float64)
    mean = float(scores.mean()) if scores.size else math.nan
    made = (evaluation.of_mean or float)(mean)
    if not math.isclose(made, result.value, rel_tol=1e-3, abs_tol=1e-6):
        raise blame(
            f"its {evaluation.metric} is {result.value:g}, but the numbers of its samples make "
            f"{made:g} of their mean (Evaluation.of_mean)"
        )
    return scores


def _plain(per_class: Mapping[str, float]) -> dict[str, float]:
    """As Python's own types: an evaluation may hand over numpy's, or classes by number."""
    return {str(name): float(score) for name, score in per_class.items()}
