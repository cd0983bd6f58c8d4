"""The measurement job, run in this process: real models, real strategies, real errors."""

from __future__ import annotations

import pytest

from advisor.errors import ModelError, StrategyError, UnknownNameError, UsageError
from advisor.measurement import measure_job
from advisor.measurement.result import Measurement, MeasurementRequest, ModelRequest
from tests.integration.measurement.conftest import WriteModel


def measure(reference: str, *choices: str, repeats: int = 3, device: str = "cpu") -> Measurement:
    request = MeasurementRequest(ModelRequest(reference), choices, repeats, device)
    return measure_job.run(request, lambda *_: None).measurement


def test_int8_makes_a_toy_model_smaller_and_hardly_changes_it(write_model: WriteModel) -> None:
    # Random weights, other ones at each call: both must be measured with the same.
    reference = write_model("def build(): return Mlp(), INPUTS")
    told: list[float] = []
    request = MeasurementRequest(ModelRequest(reference), ("int8-dynamic",), repeats=4)
    measured = measure_job.run(request, lambda _, fraction: told.append(fraction)).measurement
    assert measured.request == request
    assert measured.baseline.size_bytes == 4 * (256 * 512 + 512 + 512 * 10 + 10)
    assert measured.variant.size_bytes < 0.3 * measured.baseline.size_bytes
    assert measured.baseline.latency_s.repeats == measured.variant.latency_s.repeats == 4
    assert measured.baseline.batch_size == 4
    assert measured.baseline.quality is None
    assert measured.fidelity is not None
    assert 0 < measured.fidelity.values["relative error"] < 0.1
    assert "top-1 agreement" not in measured.fidelity.values  # nothing says that it chooses
    noise = ("did not become steady", "too noisy to tell")
    assert all(any(text in note for text in noise) for note in measured.notes)
    assert "torchao" in measured.environment.versions
    assert told == sorted(told)
    assert told[-1] < 1


def test_digits_keep_their_accuracy_in_bfloat16() -> None:
    measured = measure("digits", "bf16")
    before, after = measured.baseline.quality, measured.variant.quality
    assert before is not None
    assert after is not None
    assert before.metric == "accuracy"
    assert before.value > 0.95
    assert abs(after.value - before.value) < 0.02
    assert measured.worst_class_drop is not None
    assert measured.fidelity is not None
    assert measured.fidelity.values["top-1 agreement"] > 0.98
    assert measured.variant.size_bytes < 0.51 * measured.baseline.size_bytes


def test_no_strategy_measures_the_model_against_itself(write_model: WriteModel) -> None:
    measured = measure(write_model("def build(): return Mlp(), INPUTS"), repeats=9)
    assert measured.baseline.size_bytes == measured.variant.size_bytes
    assert measured.fidelity is not None
    assert measured.fidelity.values == {"relative error": 0.0}
    # The fastest run is what other load on the machine disturbs least.
    ratio = measured.variant.latency_s.low / measured.baseline.latency_s.low
    assert 0.3 < ratio < 3


def test_pruning_traces_the_model_with_gradients_and_removes_channels() -> None:
    measured = measure("digits", "structured-pruning:ratio=0.5", repeats=1)
    assert measured.variant.size_bytes < 0.6 * measured.baseline.size_bytes


def test_random_weights_are_not_scored(write_model: WriteModel) -> None:
    reference = write_model(
        """
        from advisor.models.loaded import Evaluation, EvaluationResult, LoadedModel

        def build():
            score = Evaluation("accuracy", True, lambda module: EvaluationResult(0.1, 4))
            return LoadedModel("", Mlp(), (INPUTS,), evaluation=score, weights="random")
        """
    )
    measured = measure(reference, repeats=1)
    assert measured.baseline.quality is None
    assert measured.fidelity is None
    assert "weights are random" in measured.notes[0]


def test_model_that_raises_is_a_model_error_with_its_words(write_model: WriteModel) -> None:
    reference = write_model("def build(): raise ValueError('no [/checkpoint] here')")
    with pytest.raises(ModelError, match=r"ValueError: no \[/checkpoint\] here .*toy_model\.py:15"):
        measure(reference)


def test_model_that_fails_as_it_came_is_not_blamed_on_a_strategy(write_model: WriteModel) -> None:
    reference = write_model("def build(): return Mlp(), torch.zeros(4, 255)")
    with pytest.raises(ModelError, match=r"forward pass failed.*255"):
        measure(reference, "bf16")


def test_model_that_fails_only_with_a_strategy_is_blamed_on_it(write_model: WriteModel) -> None:
    reference = write_model(
        """
        class Picky(Mlp):
            def forward(self, inputs):
                if inputs.dtype != torch.float32:
                    raise TypeError("float32 only")
                return super().forward(inputs)

        def build(): return Picky(), INPUTS
        """
    )
    with pytest.raises(StrategyError, match=r"with bf16: the forward pass failed.*float32 only"):
        measure(reference, "bf16")


def test_model_without_weights_says_which_flag_brings_them(write_model: WriteModel) -> None:
    reference = write_model(
        """
        def build():
            with torch.device("meta"):
                return Mlp(), INPUTS
        """
    )
    with pytest.raises(ModelError, match=r"no weights: .*--weights"):
        measure(reference)


def test_strategy_that_does_nothing_to_a_model_is_not_measured() -> None:
    with pytest.raises(StrategyError, match="nothing to measure: spot"):
        measure("digits", "spot")


def test_names_that_do_not_exist_are_usage_errors_with_the_choices() -> None:
    with pytest.raises(UsageError, match=r"unknown strategy 'int7'.*int8-dynamic") as error:
        measure("digits", "int7")
    assert error.value.exit_code == UnknownNameError.exit_code
    with pytest.raises(UsageError, match=r"device 'tpu'.*cpu"):
        measure("digits", device="tpu")
    with pytest.raises(UsageError, match="repeats is 0"):
        measure("digits", repeats=0)
