from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from advisor.errors import StrategyError
from advisor.measurement.fidelity import compare
from advisor.measurement.outputs import main_output
from advisor.models.loaded import LoadedModel


class Returns(nn.Module):
    def __init__(self, made: Callable[[torch.Tensor], Any]) -> None:
        super().__init__()
        self.made = made

    def forward(self, inputs: torch.Tensor) -> Any:
        return self.made(inputs)


def model(made: Callable[[torch.Tensor], Any], *more: torch.Tensor) -> LoadedModel:
    inputs = torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    return LoadedModel(
        "toy", Returns(made), (inputs,), fidelity_inputs=tuple((each,) for each in more)
    )


def test_a_model_is_equal_to_itself() -> None:
    found = compare(model(lambda x: x), model(lambda x: x), is_classifier=True)
    assert found is not None
    assert found.samples == 2
    assert found.values == {"relative error": 0.0, "top-1 agreement": 1.0, "KL divergence": 0.0}


def test_relative_error_is_of_norms_over_all_inputs() -> None:
    more = torch.ones(4, 3)
    found = compare(model(lambda x: x, more), model(lambda x: 1.1 * x, more), is_classifier=False)
    assert found is not None
    assert found.samples == 6
    assert found.values == {"relative error": pytest.approx(0.1)}


def test_agreement_is_the_share_of_predictions_and_divergence_their_mean() -> None:
    def swapped(inputs: torch.Tensor) -> torch.Tensor:
        return torch.stack([inputs[0], inputs[1].flip(0)])

    found = compare(model(lambda x: x), model(swapped), is_classifier=True)
    assert found is not None
    assert found.values["top-1 agreement"] == 0.5
    one, two = torch.tensor([3.0, 2.0, 1.0]).softmax(0), torch.tensor([1.0, 2.0, 3.0]).softmax(0)
    expected = (one * (one / two).log()).sum().item() / 2  # the other prediction is the same
    assert found.values["KL divergence"] == pytest.approx(expected, rel=1e-5)


def test_outputs_called_logits_are_a_choice_and_others_are_not() -> None:
    named = model(lambda x: {"loss": x.sum(), "logits": x})
    of_logits = compare(named, named, is_classifier=False)
    assert of_logits is not None
    assert of_logits.values["top-1 agreement"] == 1.0
    embedding = model(lambda x: {"last_hidden_state": x})
    found = compare(embedding, embedding, is_classifier=False)
    assert found is not None
    assert list(found.values) == ["relative error"]


def test_maps_of_classes_are_not_read_as_predictions() -> None:
    images = model(lambda x: {"logits": x[:, :, None, None].expand(2, 3, 4, 4)})
    found = compare(images, images, is_classifier=True)
    assert found is not None
    assert list(found.values) == ["relative error"]


def test_masked_classes_add_nothing() -> None:
    def masked(inputs: torch.Tensor) -> torch.Tensor:
        return inputs.masked_fill(inputs == 2, -torch.inf)

    found = compare(model(masked), model(masked), is_classifier=True)
    assert found is not None
    assert found.values["KL divergence"] == 0.0
    assert found.values["relative error"] == 0.0


def test_variant_that_overflows_is_an_error_not_a_figure() -> None:
    with pytest.raises(StrategyError, match="NaN or infinity"):
        compare(model(lambda x: x), model(lambda x: x / 0), is_classifier=False)


def test_variant_of_another_shape_is_an_error() -> None:
    with pytest.raises(StrategyError, match=r"\(2, 2\).*\(2, 3\)"):
        compare(model(lambda x: x), model(lambda x: x[:, :2]), is_classifier=False)


def test_no_figure_where_there_is_nothing_to_compare() -> None:
    tokens = model(lambda x: x.long())
    assert compare(tokens, tokens, is_classifier=False) is None


def test_error_relative_to_nothing_is_unknown() -> None:
    silent = model(lambda x: 0 * x)
    found = compare(silent, silent, is_classifier=False)
    assert found is not None
    assert found.values == {}


@pytest.mark.parametrize(
    "output",
    [
        torch.tensor([1.0]),
        (torch.tensor([5]), torch.tensor([1.0]), torch.tensor([2.0])),
        {"ids": torch.tensor([5]), "scores": torch.tensor([1.0])},
        {"loss": torch.tensor(7.0), "logits": torch.tensor([1.0])},
        SimpleNamespace(loss=torch.tensor(7.0), last_hidden_state=torch.tensor([1.0])),
        [torch.tensor([1.0])],
    ],
)
def test_the_main_output_is_found_in_what_a_model_returns(output: object) -> None:
    found = main_output(output)
    assert found is not None
    assert found.tensor.tolist() == [1.0]
