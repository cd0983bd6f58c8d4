"""What a cascade asks of which model, and what it answers."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from advisor.models.cascade import Cascade


class Scores(nn.Module):
    """Gives its inputs as scores, with an offset on the last class."""

    def __init__(self, offset: float = 0.0, *, named: bool = False) -> None:
        super().__init__()
        self.offset, self.named, self.seen = offset, named, 0

    def forward(self, inputs: torch.Tensor) -> torch.Tensor | dict[str, torch.Tensor]:
        self.seen += len(inputs)
        scores = inputs.clone()
        scores[:, -1] += self.offset
        return {"logits": scores} if self.named else scores


INPUTS = torch.tensor([[5.0, 0.0, 0.0], [0.2, 0.1, 0.0], [0.0, 4.0, 0.0], [0.0, 0.1, 0.3]])
"""Sure, unsure, sure, unsure."""


@pytest.mark.parametrize("named", [False, True])
def test_the_large_model_answers_what_the_small_one_is_unsure_of(named: bool) -> None:
    small, large = Scores(named=named), Scores(10.0, named=named)
    both = Cascade(small, large, 0.9)
    found = both(INPUTS)
    scores = found["logits"] if isinstance(found, dict) else found
    assert scores.argmax(dim=1).tolist() == [0, 2, 1, 2]
    assert torch.equal(scores[[0, 2]], INPUTS[[0, 2]])
    assert (small.seen, large.seen) == (4, 2)
    assert both.counted() == (4, 2)
    assert both.counted() == (0, 0)


def test_nothing_is_passed_on_by_a_model_that_is_sure() -> None:
    small, large = Scores(), Scores()
    both = Cascade(small, large, 0.0)
    assert torch.equal(both(INPUTS), INPUTS)
    assert large.seen == 0


def test_more_is_passed_on_the_higher_the_threshold() -> None:
    passed = []
    for threshold in (0.0, 0.5, 0.99, 1.0):
        both = Cascade(Scores(), Scores(), threshold)
        both(INPUTS)
        passed.append(both.counted()[1])
    assert passed == [0, 2, 4, 4]


def test_outputs_that_are_no_scores_are_refused() -> None:
    with pytest.raises(TypeError, match=r"scores of shape \(samples, classes\), not \(4,\)"):
        Cascade(nn.Flatten(0), nn.Identity(), 0.5)(torch.zeros(4))
