"""Every point can be built, profiled and timed as the job does it."""

from __future__ import annotations

import pytest
import torch

from advisor.measurement.calibration import job
from advisor.measurement.calibration.points import points
from advisor.measurement.calibration.timing import Timing, quieter

CPU = torch.device("cpu")


def test_points_have_names_of_their_own() -> None:
    for accelerator in (False, True):
        texts = [(point.family, point.text) for point in points(accelerator)]
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("text", ["tiny add", "tiny linear", "(1, 96) by 96", "embedding of 64"])
def test_a_point_is_timed_with_the_operators_that_a_profile_shows(text: str) -> None:
    point = next(each for each in points() if each.text == text)
    (timed,) = job._first_round([(point, torch.bfloat16)], CPU, 0.001, lambda *_: None)
    assert timed.timing.seconds > 0
    assert {each.dtype for each in timed.operators} & {"bfloat16", "int64"}
    assert sum(each.repeats for each in timed.operators) >= 1


def test_a_module_is_built_in_the_format_asked_for() -> None:
    point = next(each for each in points() if each.text == "(1, 96) by 96")
    module, inputs = job.built(point, torch.bfloat16, CPU)
    assert {each.dtype for each in (*module.parameters(), *inputs)} == {torch.bfloat16}
    assert not any(each.is_meta for each in module.parameters())
    assert torch.get_default_dtype() == torch.float32


def test_of_two_rounds_the_quieter_counts() -> None:
    assert quieter(Timing(2.0, 0.1), Timing(1.0, 0.5)).seconds == 1.0
