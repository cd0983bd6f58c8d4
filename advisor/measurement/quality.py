"""Quality of baseline and variant by the evaluation that the model brings."""

from __future__ import annotations

import math
from collections.abc import Mapping

from advisor.errors import AdvisorError
from advisor.measurement.result import MeasuredQuality
from advisor.models.loaded import LoadedModel


def evaluate(model: LoadedModel, blame: type[AdvisorError]) -> MeasuredQuality | None:
    """Run the model's evaluation; None where it has none, or random weights make it meaningless.

    Raises `blame` where the score is not a number.
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
    return MeasuredQuality(
        metric=evaluation.metric,
        value=float(result.value),
        higher_is_better=evaluation.higher_is_better,
        samples=int(result.samples),
        per_class=_plain(result.per_class) if result.per_class else None,
        scores=_plain(result.scores) if result.scores else None,
    )


def _plain(per_class: Mapping[str, float]) -> dict[str, float]:
    """As Python's own types: an evaluation may hand over numpy's, or classes by number."""
    return {str(name): float(score) for name, score in per_class.items()}
