from __future__ import annotations

import copy

import pytest
import torch

from advisor.models.examples import digits, tiny_gpt
from advisor.models.load import load
from advisor.models.loaded import EvaluationResult, LoadedModel


def evaluate(loaded: LoadedModel, module: torch.nn.Module | None = None) -> EvaluationResult:
    assert loaded.evaluation is not None
    return loaded.evaluation.run(module or loaded.module)


@pytest.mark.parametrize("name", ["digits", "tiny-gpt"])
def test_an_example_runs_on_its_inputs_and_on_those_of_fidelity(name: str) -> None:
    loaded = load(name)
    assert loaded.weights == "trained"
    assert not loaded.module.training
    with torch.no_grad():
        loaded.module(*loaded.inputs, **loaded.keyword_inputs)
        for batch in loaded.fidelity_inputs:
            loaded.module(*batch)
    assert len(loaded.fidelity_inputs) >= 3


@pytest.mark.parametrize("name", ["digits", "tiny-gpt"])
def test_the_loss_can_be_trained_on(name: str) -> None:
    loaded = load(name)
    assert loaded.loss is not None
    before = loaded.loss(loaded.module)
    torch.autograd.backward(before)
    with torch.no_grad():
        for parameter in loaded.module.parameters():
            assert parameter.grad is not None
            parameter.sub_(1e-3 * parameter.grad)
    assert loaded.loss(loaded.module).item() < before.item()


def test_digits_are_read_with_98_percent_and_every_class_is_reported() -> None:
    result = evaluate(load("digits"))
    assert result.value >= 0.98
    assert result.samples == 450
    assert result.per_class is not None
    assert sorted(result.per_class) == [str(digit) for digit in range(10)]
    assert min(result.per_class.values()) >= 0.9


def test_accuracy_is_of_the_module_given_and_not_a_constant() -> None:
    loaded = load("digits")
    untrained = digits.DigitsNet().eval()
    assert evaluate(loaded, untrained).value < 0.5


def test_no_test_image_is_trained_on() -> None:
    (train, _), (test, _) = digits.read_images("train"), digits.read_images("test")
    seen = {image.numpy().tobytes() for image in train}
    assert not [image for image in test if image.numpy().tobytes() in seen]


def test_digits_are_scored_in_another_precision() -> None:
    loaded = load("digits")
    half = copy.deepcopy(loaded.module).to(torch.bfloat16)
    assert abs(evaluate(loaded, half).value - evaluate(loaded).value) < 0.01


def test_tiny_gpt_predicts_held_out_text() -> None:
    result = evaluate(load("tiny-gpt"))
    assert result.value < 4.5
    assert result.samples == 32 * 255


def test_perplexity_of_an_untrained_decoder_is_near_uniform() -> None:
    loaded = load("tiny-gpt")
    torch.manual_seed(0)
    assert 200 < evaluate(loaded, tiny_gpt.build().eval()).value < 400


def test_no_paragraph_of_the_test_text_is_trained_on() -> None:
    train, test = (
        tiny_gpt.TEXT_FILES[part].read_text(encoding="utf-8") for part in ("train", "test")
    )
    seen = {" ".join(paragraph.split()) for paragraph in train.split("\n\n")}
    assert not [part for part in test.split("\n\n") if " ".join(part.split()) in seen]


def test_tiny_gpt_is_a_decoder_with_grouped_queries() -> None:
    decoder = load("tiny-gpt").decoder
    assert decoder is not None
    assert (decoder.layers, decoder.attention_heads, decoder.key_value_heads) == (4, 6, 2)
    assert decoder.key_value_elements_per_token() == 2 * 4 * 2 * 32


def test_scores_of_digits_by_hand() -> None:
    labels = torch.tensor([0, 0, 1, 1])
    answers = torch.tensor([0, 1, 1, 1])
    found = digits.macro_scores(answers, labels)
    # Of ten digits only two are there: 1 and 2/3 precise, half and all found.
    assert found["precision"] == pytest.approx((1 + 2 / 3) / 10)
    assert found["recall"] == pytest.approx((0.5 + 1) / 10)
    assert found["F1"] == pytest.approx((2 / 3 + 0.8) / 10)


@pytest.mark.parametrize("name", ["digits", "tiny-gpt"])
def test_training_goes_over_all_its_data_in_batches_of_one_size(name: str) -> None:
    loaded = load(name)
    assert loaded.training is not None
    batches = list(loaded.training.batches())
    first = batches[0][0] if isinstance(batches[0], tuple) else batches[0]
    assert len(batches) * len(first) > 1000
    assert torch.isfinite(loaded.training.loss(loaded.module, batches[-1]))
