"""The two models of a measurement: as it came, and with the strategies applied."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch.utils import _pytree as pytree

from advisor.errors import AdvisorError, ModelError, StrategyError
from advisor.measurement.failure import describe
from advisor.measurement.resized import resized
from advisor.measurement.result import ModelRequest
from advisor.models.load import load
from advisor.models.loaded import LoadedModel
from advisor.profiling.invocation import without_cache
from advisor.strategies.selection import Selection, actions, baseline_actions, lacking_here
from advisor.telemetry.machine import machine


@contextmanager
def blaming(kind: type[AdvisorError], what: str) -> Iterator[None]:
    """Turn what user code or a library raises inside into `kind`, its cause in the message."""
    try:
        yield
    except AdvisorError as error:
        if isinstance(error, kind):
            raise kind(f"{what}: {error}") from error
        raise
    except Exception as error:
        raise kind(f"{what}: {describe(error)}") from error


def load_on(request: ModelRequest, device: torch.device) -> LoadedModel:
    """Load with weights, module and inputs on `device`, in eval mode; a decoder without cache.

    Raises ModelError where the model has no weights to run with.
    """
    model = load(
        request.reference,
        weights=request.weights,
        trust_remote_code=request.trust_remote_code,
        inputs=request.inputs,
    )
    model = resized(model, request)
    tensors = (*model.module.parameters(), *model.module.buffers())
    if model.weights == "meta" or any(tensor.is_meta for tensor in tensors):
        raise ModelError(
            f"no weights: {request.reference} was built without weights; measuring needs them "
            "(--weights)"
        )
    keyword_inputs = model.keyword_inputs
    if model.decoder is not None:
        keyword_inputs = without_cache(model.module, keyword_inputs)  # as it was profiled
    return replace(
        model,
        module=model.module.to(device).eval(),
        inputs=_moved(model.inputs, device),
        keyword_inputs=_moved(dict(keyword_inputs), device),
        fidelity_inputs=_moved(model.fidelity_inputs, device),
    )


def same_as(baseline: LoadedModel, again: LoadedModel) -> LoadedModel:
    """`again` with the weights and inputs of `baseline`, which a factory may draw at random."""
    with blaming(ModelError, f"{baseline.reference}: loaded twice, it is not the same model"):
        again.module.load_state_dict(baseline.module.state_dict())
    return replace(
        again,
        inputs=baseline.inputs,
        keyword_inputs=baseline.keyword_inputs,
        fidelity_inputs=baseline.fidelity_inputs,
    )


def applied(model: LoadedModel, chosen: Selection) -> LoadedModel:
    """`model` with `chosen` applied one after the other; the module given is changed.

    Raises StrategyError that names the strategy, where this machine lacks what it needs, it cannot
    be applied to this model, or nothing in `chosen` is done to a model.
    """
    doing = [choice for choice in chosen if choice.strategy.apply is not None]
    here = machine()
    model, chosen = _trainable(model, chosen)
    if chosen and not doing:
        reasons = (f"{each}: {lacking_here(here, each.strategy)}" for each in chosen)
        raise StrategyError("nothing to measure: " + "; ".join(reasons))
    for action in actions(chosen):
        choice = action.choice
        lacking = lacking_here(here, choice.strategy)
        if lacking is not None:
            raise StrategyError(f"{choice}: cannot be measured on this machine: {lacking}")
        with blaming(StrategyError, f"{choice}: cannot be applied to {model.reference}"):
            before = _weights(model.module)
            model = action(model)
            first = action.stage == choice.strategy.stage
            of_weights = choice.strategy.family in {"pruning", "quantization"}
            if first and of_weights and model.new_cache is None:
                _refuse_unchanged(before, model.module)
    model.module.eval()
    return model


def baseline_of(model: LoadedModel, chosen: Selection) -> LoadedModel:
    """What `model` with `chosen` is compared with: itself, or trained again on all of its data."""
    for action in baseline_actions(_trainable(model, chosen)[1]):
        with blaming(StrategyError, f"{action.choice}: {model.reference} cannot be trained anew"):
            model = action(model)
    return model


def _trainable(model: LoadedModel, chosen: Selection) -> tuple[LoadedModel, Selection]:
    """`chosen` without what takes training data where `model` has none; a note tells of it.

    Where that is all there is to do, it stays and is refused by name.
    """
    doing = [each for each in chosen if each.strategy.apply is not None]
    training = [each for each in doing if each.strategy.baseline is not None]
    if model.training is not None or len(training) == len(doing):
        return model, chosen
    notes = (
        f"{each.slug} was not applied: {model.reference} brings nothing to train on"
        for each in training
    )
    left = tuple(each for each in chosen if each not in training)
    return replace(model, notes=(*model.notes, *notes)), left


def _weights(module: torch.nn.Module) -> dict[str, tuple[object, ...]]:
    """What pruning and quantization change of each weight: its kind, its shape, its zeros."""
    return {
        name: (
            type(weight),
            weight.shape,
            weight.dtype,
            int(torch.count_nonzero(weight)) if type(weight) is torch.nn.Parameter else None,
        )
        for name, weight in module.named_parameters()
    }


def _refuse_unchanged(before: dict[str, tuple[object, ...]], module: torch.nn.Module) -> None:
    if _weights(module) == before:
        raise StrategyError(
            "it changed no weight: the model has no layer that it works on, or none large enough"
        )


def _moved(inputs: Any, device: torch.device) -> Any:
    return pytree.tree_map_only(torch.Tensor, lambda tensor: tensor.to(device), inputs)
