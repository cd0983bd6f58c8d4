"""Models that are really trained on a part of their data, beside the same training on all."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
import torch

from advisor.errors import StrategyError
from advisor.measurement.measure_job import run
from advisor.measurement.result import MeasurementRequest, ModelRequest
from advisor.measurement.variant import applied, baseline_of
from advisor.models.examples.digits import read_images
from advisor.models.load import load
from advisor.models.loaded import LoadedModel
from advisor.strategies._training_samples import samples_of
from advisor.strategies.selection import parse_selection

EXACT = "data-deduplication:repeats=exact"


def digits_twice() -> LoadedModel:
    """The digits with their first 400 images in them twice."""
    model = load("digits")
    assert model.training is not None
    images, labels = read_images("train")
    twice = [torch.split(torch.cat([each, each[:400]]), 32) for each in (images, labels)]
    batches = tuple(zip(*twice, strict=True))
    return replace(model, training=replace(model.training, batches=lambda: batches))


def with_batches(*batches: Any) -> LoadedModel:
    model = load("digits")
    assert model.training is not None
    return replace(model, training=replace(model.training, batches=lambda: batches))


def accuracy(model: LoadedModel) -> float:
    assert model.evaluation is not None
    return model.evaluation.run(model.module).value


def test_repeats_are_left_out_and_the_rest_is_trained_on_from_the_start() -> None:
    original = digits_twice()
    state = copy.deepcopy(original.module.state_dict())
    chosen = parse_selection(f"{EXACT}:steps=100")
    variant, baseline = applied(original, chosen), baseline_of(original, chosen)
    assert variant.notes == (
        "data-deduplication: 1347 of 1747 samples kept, 400 equal an earlier one",
    )
    assert len(samples_of(variant, 1000)) == 1347
    assert all(torch.equal(state[key], now) for key, now in original.module.state_dict().items())
    for each in (variant, baseline):
        assert not torch.equal(each.module.state_dict()["classifier.1.weight"],
                               state["classifier.1.weight"])  # fmt: skip
        assert accuracy(each) > 0.9


@pytest.mark.parametrize("by", ["margin", "random"])
def test_a_share_of_the_labels_is_bought_and_the_same_one_each_time(by: str) -> None:
    chosen = parse_selection(f"label-fewer:share=0.3:by={by}:steps=30")
    one, two = (applied(load("digits"), chosen) for _ in range(2))
    assert one.notes == (f"label-fewer: 288 of 960 samples labelled, picked by {by}",)
    assert accuracy(one) == accuracy(two)
    [images, labels] = samples_of(one, 1000).tensors
    assert len({each.numpy().tobytes() for each in images}) == len(labels) == 288


def test_both_together_label_a_share_of_what_repeats_nothing() -> None:
    chosen = parse_selection(f"{EXACT}:steps=100,label-fewer:share=0.5:by=random:steps=100")
    assert applied(digits_twice(), chosen).notes[-1].startswith("label-fewer: 674 of 1347 ")


def test_students_learn_from_the_data_that_is_left() -> None:
    chosen = parse_selection("label-fewer:share=0.3:by=random:steps=30,distillation:steps=30")
    assert len(samples_of(applied(load("digits"), chosen), 1000)) == 288


def test_a_measurement_tells_quality_its_interval_and_what_was_kept() -> None:
    request = MeasurementRequest(
        ModelRequest("digits"), ("label-fewer:share=0.3:by=random:steps=30",), repeats=2
    )
    found = run(request, lambda *_: None).measurement
    assert found.baseline.quality is not None
    assert found.baseline.quality.value != accuracy(load("digits"))
    assert found.quality_drop is not None
    assert found.drop_interval is not None
    assert found.drop_interval.holds(found.quality_drop)
    assert found.worst_class is not None
    assert "label-fewer: 288 of 960 samples labelled, picked by random" in found.notes


def test_without_data_the_others_are_measured_and_it_alone_is_refused() -> None:
    bare = replace(load("digits"), training=None)
    [note] = applied(bare, parse_selection("bf16,data-deduplication")).notes
    assert note == "data-deduplication was not applied: digits brings nothing to train on"
    with pytest.raises(StrategyError, match="digits brings nothing to train on; a factory gives"):
        applied(bare, parse_selection("data-deduplication"))


@pytest.mark.parametrize(
    ("batches", "said"),
    [
        ((), "its training data has no batch"),
        ((torch.ones(2, 3), torch.ones(2, 4)), r"have the shapes \(\(3,\),\), \(\(4,\),\)"),
    ],
)
def test_data_that_cannot_be_picked_from(batches: Any, said: str) -> None:
    with pytest.raises(StrategyError, match=said):
        applied(with_batches(*batches), parse_selection("data-deduplication"))


def test_weights_that_do_not_say_what_they_start_as_are_named() -> None:
    model = load("digits")
    model.module.register_parameter("scale", torch.nn.Parameter(torch.ones(1)))
    with pytest.raises(StrategyError, match="the model cannot be trained from the start"):
        applied(model, parse_selection(f"{EXACT}:steps=30"))
