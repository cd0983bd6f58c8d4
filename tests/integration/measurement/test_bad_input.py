"""What must end as a message with its cause: strategies and evaluations that cannot be."""

from __future__ import annotations

import pytest

from advisor.errors import AdvisorError, ModelError, StrategyError, UsageError
from advisor.measurement import measure_job
from advisor.measurement.result import Measurement, MeasurementRequest, ModelRequest
from tests.integration.measurement.conftest import WriteModel

WITH_SCORE = """
from advisor.models.loaded import Evaluation, EvaluationResult, LoadedModel

def score(module):
    {}

def build():
    return LoadedModel("", Mlp(), (INPUTS,), evaluation=Evaluation("accuracy", True, score))
"""


def measure(reference: str, *choices: str) -> Measurement:
    request = MeasurementRequest(ModelRequest(reference), choices, repeats=1)
    return measure_job.run(request, lambda *_: None).measurement


@pytest.mark.parametrize("slug", ["structured-pruning", "unstructured-pruning"])
@pytest.mark.parametrize("ratio", ["0", "1", "1.5", "-0.3", "nan", "much"])
def test_a_ratio_that_is_no_level_is_refused_with_the_levels(slug: str, ratio: str) -> None:
    with pytest.raises(UsageError, match=r"0\.3.*0\.5"):
        measure("digits", f"{slug}:ratio={ratio}")


NOTHING_INSIDE = """
class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(256))

    def forward(self, inputs):
        return inputs * self.scale

def build(): return Plain(), INPUTS
"""


@pytest.mark.parametrize(
    "choice",
    ["structured-pruning:ratio=0.3", "unstructured-pruning", "int8-dynamic", "int8-weight-only"],
)
def test_a_model_with_no_layer_for_it_is_an_error_that_names_the_strategy(
    write_model: WriteModel, choice: str
) -> None:
    slug = choice.partition(":")[0]
    with pytest.raises(StrategyError, match=rf"{slug}.*no .*layer"):
        measure(write_model(NOTHING_INSIDE), choice)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError('no [labels] here')", r"evaluation failed.*no \[labels\] here"),
        ("return EvaluationResult(float('nan'), 4)", "accuracy is nan"),
        ("return 0.9", "evaluation failed"),
        ("return EvaluationResult(0.5, 2, per_sample=[0.0, 0.0])", "of their mean"),
    ],
)
def test_an_evaluation_that_fails_says_why(write_model: WriteModel, body: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        measure(write_model(WITH_SCORE.format(body)), "bf16")


def test_a_model_that_can_be_neither_copied_nor_pickled_is_measured(
    write_model: WriteModel,
) -> None:
    reference = write_model(
        """
        class Locked(Mlp):
            def __init__(self):
                super().__init__()
                self.held = __import__("threading").Lock()

            def __deepcopy__(self, memo):
                raise TypeError("cannot be copied")

            def __reduce_ex__(self, protocol):
                raise TypeError("cannot be pickled")

        def build(): return Locked(), INPUTS
        """
    )
    assert measure(reference, "int8-dynamic").variant.size_bytes > 0


def test_what_conflicts_is_refused_before_anything_is_loaded() -> None:
    with pytest.raises(AdvisorError, match="conflicts"):
        measure("digits", "int8-dynamic", "int8-weight-only")
