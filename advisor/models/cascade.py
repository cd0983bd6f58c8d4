"""A small model that answers first, and a large one for what the small one is unsure of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.utils import _pytree as pytree


class Cascade(nn.Module):
    """Runs `small` on all samples, and `large` on those whose likeliest class is below `threshold`.

    Both take the same arguments, samples along the first dimension of each tensor, and return
    scores of classes of shape (samples, classes): a tensor, or a mapping with `logits`. The output
    is the small model's, with the scores of the samples passed on replaced.
    """

    def __init__(self, small: nn.Module, large: nn.Module, threshold: float) -> None:
        super().__init__()
        self.small, self.large, self.threshold = small, large, threshold
        self.asked = self.passed = 0

    def forward(self, *given: Any, **named: Any) -> Any:
        output = self.small(*given, **named)
        scores = _scores(output)
        unsure = scores.float().softmax(dim=-1).amax(dim=-1) < self.threshold
        places = unsure.nonzero().flatten()
        self.asked, self.passed = self.asked + len(scores), self.passed + len(places)
        if not len(places):
            return output

        def of_unsure(value: torch.Tensor) -> torch.Tensor:
            return value[places] if value.dim() and len(value) == len(scores) else value

        given, named = pytree.tree_map_only(torch.Tensor, of_unsure, (given, named))
        answers = _scores(self.large(*given, **named))
        return _with_scores(output, scores.index_copy(0, places, answers.to(scores.dtype)))

    def counted(self) -> tuple[int, int]:
        """Samples asked and samples passed on since this was called last."""
        found = self.asked, self.passed
        self.asked = self.passed = 0
        return found


def _scores(output: Any) -> torch.Tensor:
    found = output.get("logits") if isinstance(output, Mapping) else output
    if not isinstance(found, torch.Tensor) or found.dim() != 2 or found.shape[1] < 2:
        shape = tuple(found.shape) if isinstance(found, torch.Tensor) else type(found).__name__
        raise TypeError(f"a cascade takes scores of shape (samples, classes), not {shape}")
    return found


def _with_scores(output: Any, scores: torch.Tensor) -> Any:
    if isinstance(output, torch.Tensor):
        return scores
    changed = dict(output)
    changed["logits"] = scores
    return type(output)(**changed) if type(output) is not dict else changed
