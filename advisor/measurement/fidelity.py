"""How near a variant's outputs are to the baseline's, on inputs that nobody labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch.nn.functional import log_softmax

from advisor.errors import StrategyError
from advisor.measurement.outputs import Output, main_output
from advisor.measurement.result import Fidelity, FidelityMetric
from advisor.models.loaded import LoadedModel

Pair = tuple[torch.Tensor, torch.Tensor]
_ROWS_AT_ONCE = 64


def compare(baseline: LoadedModel, variant: LoadedModel, is_classifier: bool) -> Fidelity | None:
    """Compare on the example inputs and the fidelity inputs of `baseline`.

    The relative error, ‖variant − baseline‖ / ‖baseline‖ over all outputs, is always given.
    Top-1 agreement and KL(baseline ‖ variant), in nats a prediction, are given where the last
    dimension is a choice among classes or tokens, which the shape alone does not tell: the model is
    a decoder, `is_classifier`, or calls its output `logits`.

    Returns None where the model returns no floating-point tensor. Raises StrategyError where the
    variant's outputs differ in shape, or are not finite where the baseline's are.
    """
    sums = _Sums()
    for run_baseline, run_variant in _forwards(baseline, variant):
        before, after = main_output(run_baseline()), main_output(run_variant())
        if before is None or after is None:
            return None
        chooses = is_classifier or baseline.decoder is not None or before.is_named_logits
        sums.add(_checked(before, after), chooses)
    return sums.fidelity()


def _forwards(
    baseline: LoadedModel, variant: LoadedModel
) -> Iterator[tuple[Callable[[], object], Callable[[], object]]]:
    yield lambda: run(baseline), lambda: run(variant)
    for inputs in baseline.fidelity_inputs:
        yield (lambda: baseline.module(*inputs)), (lambda: variant.module(*inputs))  # noqa: B023 - both are called before the next inputs come


def run(model: LoadedModel) -> object:
    """One forward pass on the example inputs."""
    return model.module(*model.inputs, **model.keyword_inputs)


def _checked(before: Output, after: Output) -> Pair:
    """Both in 32 bits at least, where the baseline is finite."""
    one, two = before.tensor, after.tensor.to(before.tensor.device)
    if one.shape != two.shape:
        raise StrategyError(
            f"the variant returns shape {tuple(two.shape)}, the baseline {tuple(one.shape)}"
        )
    one, two = one.float(), two.float()
    if not two[one.isfinite()].isfinite().all():
        raise StrategyError("the variant returns NaN or infinity where the baseline does not")
    return one, two


class _Sums:
    """Running sums over inputs, so that a long list of them never has to be held."""

    def __init__(self) -> None:
        self._samples = 0
        self._error, self._norm = 0.0, 0.0
        self._predictions, self._agreeing, self._divergence = 0, 0, 0.0

    def add(self, pair: Pair, chooses: bool) -> None:
        before, after = pair
        self._samples += before.shape[0] if before.dim() else 1
        finite = before.isfinite()
        self._error += _squared_norm((after - before)[finite])
        self._norm += _squared_norm(before[finite])
        # Images of classes have more dimensions, and not the classes last.
        if chooses and before.dim() in {2, 3} and before.shape[-1] > 1:
            self._predictions += before[..., 0].numel()
            self._agreeing += int((before.argmax(-1) == after.argmax(-1)).sum().item())
            self._divergence += _divergence(before, after)

    def fidelity(self) -> Fidelity:
        values: dict[FidelityMetric, float] = {}
        if self._norm > 0:
            values["relative error"] = (self._error / self._norm) ** 0.5
        if self._predictions:
            values["top-1 agreement"] = self._agreeing / self._predictions
            values["KL divergence"] = self._divergence / self._predictions
        return Fidelity(self._samples, values)


def _squared_norm(values: torch.Tensor) -> float:
    return float(torch.linalg.vector_norm(values, dtype=torch.float64)) ** 2


def _divergence(before: torch.Tensor, after: torch.Tensor) -> float:
    """Σ p (log p − log q) over all predictions; what has no probability adds nothing.

    A few predictions at a time: those of a large vocabulary take much memory in 64 bits.
    """
    total = 0.0
    rows = (torch.split(each.flatten(0, -2), _ROWS_AT_ONCE) for each in (before, after))
    for one, two in zip(*rows, strict=True):
        log_p, log_q = log_softmax(one.double(), -1), log_softmax(two.double(), -1)
        terms = torch.where(log_p.isfinite(), log_p.exp() * (log_p - log_q), 0.0)
        total += terms.sum().item()
    return max(total, 0.0)  # rounding can leave it a hair below
