"""The job that scores a strategy layer by layer: a fresh copy for each, nothing timed.

After Han et al. 2015, "Learning both Weights and Connections", §3.5: layers differ by far in what
they bear, and losses of single layers tell which to spare.
"""

from __future__ import annotations

import time
from dataclasses import replace

import torch

from advisor.errors import ModelError, StrategyError
from advisor.measurement import device, quality
from advisor.measurement.progress import Report
from advisor.measurement.protocol import SensitivityReady
from advisor.measurement.result import MeasuredQuality
from advisor.measurement.sensitivity import LayerSensitivity, Sensitivity, SensitivityRequest
from advisor.measurement.variant import applied, blaming, load_on, same_as
from advisor.models.loaded import LoadedModel
from advisor.strategies.selection import Selection, parse_selection

_LAYERS = (torch.nn.Linear, torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d)


def run(request: SensitivityRequest, report: Report) -> SensitivityReady:
    """Score as asked.

    Raises ModelError where the model brings no evaluation, StrategyError where no layer alone can
    be changed.
    """
    ends_at = time.perf_counter() + request.limit_s
    on, chosen = device.find(request.device), parse_selection(request.choice)
    report(f"loading {request.model.reference}", 0.05)
    baseline = load_on(request.model, on)
    before = _scored(baseline, ModelError)
    paths = [path for path, part in baseline.module.named_modules() if isinstance(part, _LAYERS)]
    found: list[LayerSensitivity] = []
    done = 0
    for done, path in enumerate(paths, start=1):
        report(f"{request.choice} on {path} alone", done / len(paths))
        drop = _drop(request, baseline, chosen, path, before)
        if drop is not None:
            found.append(LayerSensitivity(path, drop))
        if time.perf_counter() > ends_at:
            break
    if not found:
        raise StrategyError(f"{request.choice}: there is no layer that it can change alone")
    found.sort(key=lambda each: -each.quality_drop)
    left = len(paths) - done
    return SensitivityReady(Sensitivity(request, before.metric, tuple(found), left))


def _drop(
    request: SensitivityRequest, baseline: LoadedModel, chosen: Selection, path: str,
    before: MeasuredQuality,
) -> float | None:  # fmt: skip
    """Share of the metric lost; None where this layer alone cannot be changed."""
    again = same_as(baseline, load_on(request.model, device.find(request.device)))
    try:
        alone = applied(replace(again, only=frozenset({path})), chosen)
    except StrategyError:
        return None
    after = _scored(alone, StrategyError)
    change = (after.value - before.value) / abs(before.value) if before.value else 0.0
    return -change if before.higher_is_better else change


def _scored(model: LoadedModel, blame: type[ModelError | StrategyError]) -> MeasuredQuality:
    with torch.no_grad(), blaming(blame, f"{model.reference}: the evaluation failed"):
        scored = quality.evaluate(model, blame)
    if scored is None:
        raise ModelError(f"{model.reference} brings no evaluation with trained weights")
    return scored.quality
