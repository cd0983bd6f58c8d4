"""Every point can be built, profiled and timed as the job does it."""

from __future__ import annotations

import pytest
import torch

from advisor.measurement.calibration import job
from advisor.measurement.calibration.points import points
from advisor.measurement.calibration.timing import (
    Sample,
    Timing,
    agree,
    quietest,
    undisturbed_s,
)

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


def test_layers_that_are_alike_are_profiled_once_and_counted_all() -> None:
    point = next(each for each in points() if each.text == "(1, 256) by 1024")
    module, inputs = job.built(point, torch.float32, CPU)
    weights = sum(each.numel() for each in module.parameters() if each.dim() == 2)
    rows = job._operators(point, module, inputs)
    assert sum(each.multiply_adds * each.repeats for each in rows) == weights


@pytest.mark.parametrize("kind", ["dynamic", "weights"])
def test_integers_run_as_the_strategy_makes_them(kind: str) -> None:
    point = next(each for each in points() if each.int8 == kind)
    (timed,) = job._first_round([(point, torch.float32)], CPU, 0.001, lambda *_: None)
    row = timed.as_timed_point()
    assert row.weight_format == "int8"
    assert row.linear_activation_format == ("int8" if kind == "dynamic" else "native")


def test_an_accelerator_is_asked_for_integers_only_with_rows_enough() -> None:
    """With fewer, torchao computes in floats and says nothing."""
    rows = [
        int(each.text.partition("(")[2].partition(",")[0])
        for each in points(accelerator=True)
        if each.int8 == "dynamic"
    ]
    assert rows
    assert min(rows) > 16


def test_a_module_is_built_in_the_format_asked_for() -> None:
    point = next(each for each in points() if each.text == "(1, 96) by 96")
    module, inputs = job.built(point, torch.bfloat16, CPU)
    assert {each.dtype for each in (*module.parameters(), *inputs)} == {torch.bfloat16}
    assert not any(each.is_meta for each in module.parameters())
    assert torch.get_default_dtype() == torch.float32


def test_of_several_rounds_the_quietest_counts() -> None:
    rounds = (Timing(2.0, 0.1), Timing(1.0, 0.5), Timing(3.0, 0.0))
    assert quietest(rounds).seconds == 1.0


def test_rounds_agree_where_the_two_quietest_do() -> None:
    assert agree([Timing(9.0, 0.1), Timing(1.0, 0.1), Timing(1.01, 0.1)])
    assert not agree([Timing(1.0, 0.1), Timing(1.2, 0.1)])


def test_runs_whose_processor_was_taken_do_not_count() -> None:
    quiet, interrupted = Sample(1.0, 0.99, 0.99), Sample(5.0, 1.1, 1.1)
    assert undisturbed_s([quiet] * 3 + [interrupted] * 9) == [1.0] * 3


def test_processor_time_counts_where_every_run_was_interrupted() -> None:
    assert undisturbed_s([Sample(5.0, 1.0, 1.0), Sample(6.0, 1.1, 1.1)]) == [1.0, 1.1]


def test_wall_time_counts_where_several_threads_were_interrupted() -> None:
    assert undisturbed_s([Sample(5.0, 1.0, 3.0), Sample(6.0, 1.0, 3.0)]) == [5.0, 6.0]


def test_points_are_timed_again_until_their_rounds_agree_or_time_is_up() -> None:
    point = next(each for each in points() if each.text == "(1, 96) by 96")
    first = list(job._first_round([(point, torch.float32)], CPU, 0.001, lambda *_: None))
    late = list(job._further_round(first, CPU, 0.001, 0.0, lambda *_: None))
    assert late == first
    (again,) = job._further_round(first, CPU, 0.001, float("inf"), lambda *_: None)
    assert len(again.rounds) == 2
    assert again.timing.seconds <= first[0].timing.seconds
