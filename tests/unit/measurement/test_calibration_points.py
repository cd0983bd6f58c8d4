"""Every point can be built, profiled and timed as the job does it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from advisor.measurement.calibration import job
from advisor.measurement.calibration.others import Others
from advisor.measurement.calibration.point import Point
from advisor.measurement.calibration.points import points
from advisor.measurement.calibration.ready import Ready, Weights, built, ready
from advisor.measurement.calibration.timing import Sample, timing_of, undisturbed_s
from advisor.measurement.timing import Stopwatch

CPU = torch.device("cpu")


def test_points_have_names_of_their_own() -> None:
    for accelerator in (False, True):
        texts = [(point.family, point.text) for point in points(accelerator)]
        assert len(set(texts)) == len(texts)


def named(text: str) -> Point:
    return next(each for each in points() if each.text == text)


def timed(point: Point, dtype: torch.dtype = torch.float32) -> Ready:
    made = ready(point, dtype, Weights(CPU), CPU)
    made.time(Stopwatch(CPU), 0.001)
    return made


@pytest.mark.parametrize("text", ["tiny add", "tiny linear", "(1, 96) by 96", "embedding of 64"])
def test_a_point_is_timed_with_the_operators_that_a_profile_shows(text: str) -> None:
    found = timed(named(text), torch.bfloat16)
    assert found.timing.seconds > 0
    assert {each.dtype for each in found.operators} & {"bfloat16", "int64"}
    assert sum(each.repeats for each in found.operators) >= 1


def test_layers_that_are_alike_are_profiled_once_and_counted_all() -> None:
    found = ready(named("(1, 256) by 1024"), torch.float32, Weights(CPU), CPU)
    weights = sum(each.numel() for each in found.module.parameters() if each.dim() == 2)
    assert sum(each.multiply_adds * each.repeats for each in found.operators) == weights


@pytest.mark.parametrize(
    ("strategies", "knobs"),
    [
        ("int8-dynamic", {"weight_format": "int8", "linear_activation_format": "int8"}),
        ("int8-weight-only", {"weight_format": "int8", "linear_activation_format": "native"}),
        ("int4-weight-only", {"weight_format": "int4"}),
        ("channels-last", {"channels_last": True}),
    ],
)
def test_a_point_runs_as_the_strategy_makes_it(
    strategies: str, knobs: dict[str, object]
) -> None:  # fmt: skip
    setup = timed(next(each for each in points() if each.strategies == strategies)).as_timed_point()
    assert {name: getattr(setup.setup, name) for name in knobs} == knobs


def test_few_bits_are_timed_in_one_number_format() -> None:
    few = [point for point, _ in job.asked(CPU) if point.strategies.startswith("int")]
    assert few
    assert len(few) == len({point.text for point in few})


def test_the_four_bits_of_a_processor_are_its_own() -> None:
    assert not [each for each in points(accelerator=True) if "int4" in each.strategies]


def test_weights_of_all_points_lie_in_the_same_memory() -> None:
    weights = Weights(CPU)
    modules = [built(named(f"({m}, 96) by 96"), torch.float32, weights, CPU)[0] for m in (1, 2)]
    first, second = ([each.data_ptr() for each in module.parameters()] for module in modules)
    assert first == second
    assert len(set(first)) == len(first), "those of one module do not overlap"


def test_an_accelerator_is_asked_for_integers_only_with_rows_enough() -> None:
    """With fewer, torchao computes in floats and says nothing."""
    rows = [
        int(each.text.partition("(")[2].partition(",")[0])
        for each in points(accelerator=True)
        if each.strategies == "int8-dynamic"
    ]
    assert rows
    assert min(rows) > 16


def test_a_module_is_built_in_the_format_asked_for() -> None:
    module, inputs = built(named("(1, 96) by 96"), torch.bfloat16, Weights(CPU), CPU)
    assert {each.dtype for each in (*module.parameters(), *inputs)} == {torch.bfloat16}
    assert not any(each.is_meta for each in module.parameters())
    assert torch.get_default_dtype() == torch.float32


def test_the_median_of_the_runs_of_all_rounds_counts() -> None:
    runs = [Sample(each, each, each) for each in (1.0, 2.0, 2.0, 3.0, 9.0)]
    assert timing_of(runs).seconds == 2.0
    assert timing_of(runs).spread == pytest.approx(0.5)


def test_runs_whose_processor_was_taken_do_not_count() -> None:
    quiet, interrupted = Sample(1.0, 0.99, 0.99), Sample(5.0, 1.1, 1.1)
    assert undisturbed_s([quiet] * 3 + [interrupted] * 9) == [1.0] * 3


def test_processor_time_counts_where_every_run_was_interrupted() -> None:
    assert undisturbed_s([Sample(5.0, 1.0, 1.0), Sample(6.0, 1.1, 1.1)]) == [1.0, 1.1]


def test_wall_time_counts_where_several_threads_were_interrupted() -> None:
    assert undisturbed_s([Sample(5.0, 1.0, 3.0), Sample(6.0, 1.0, 3.0)]) == [5.0, 6.0]


def test_what_others_took_is_not_the_runs() -> None:
    among = Sample(1.0, 1.0, 1.0, others=4, others_s=0.75)
    assert undisturbed_s([among] * 3) == [0.25] * 3
    assert undisturbed_s([replace(among, wall_s=5.0)]) == [0.25]


def test_others_write_what_the_next_run_reads() -> None:
    others = Others()
    images, tokens = torch.zeros(2, 3, 4, 4), torch.arange(4)
    others.run((images, tokens))
    assert len(set(images.flatten().tolist())) == images.numel()
    assert tokens.tolist() == [0, 1, 2, 3]


def test_others_run_after_each_innermost_module_and_then_no_more() -> None:
    others, layer = Others(), nn.Linear(4, 4)
    model = nn.Sequential(nn.Sequential(layer, nn.ReLU()), layer)
    with others.within(model, 2) as spent:
        model(torch.randn(1, 4))
    assert len(spent) == 3
    assert all(seconds > 0 for seconds in spent)
    model(torch.randn(1, 4))
    assert len(spent) == 3


def test_an_interrupted_model_is_timed_without_what_interrupts_it() -> None:
    point = next(each for each in points() if each.interrupted_by)
    made = ready(point, torch.float32, Weights(CPU), CPU)
    made.time(Stopwatch(CPU), 0.001, Others())
    taken = made.samples[-1]
    timed = made.as_timed_point()
    assert [(each.m, each.repeats) for each in timed.others] == [
        (point.interrupted_by, taken.others)
    ]
    assert timed.kernels_s is not None
    assert 0 < timed.kernels_s < timed.seconds < taken.wall_s


@pytest.mark.parametrize("text", ["tiny add", "tiny relu", "max_pool 1 × 64 × 56²"])
def test_a_processor_runs_a_step_once_and_an_accelerator_several_times(text: str) -> None:
    """Nothing runs between the runs of an accelerator, which would wait for each of them."""
    once, several = (
        next(each for each in points(accelerator) if each.text == text)
        for accelerator in (False, True)
    )
    counts = [
        sum(each.repeats for each in ready(point, torch.float32, Weights(CPU), CPU).operators)
        for point in (once, several)
    ]
    assert counts[0] == 1
    assert counts[1] >= 4


def test_an_accelerator_is_not_interrupted() -> None:
    assert not [each for each in points(accelerator=True) if each.interrupted_by]


def test_every_point_is_timed_once_however_late_it_is() -> None:
    made = [ready(named(f"({m}, 96) by 96"), torch.float32, Weights(CPU), CPU) for m in (1, 2)]
    job._time(made, Stopwatch(CPU), 0.0, lambda *_: None)
    assert all(each.samples for each in made)
    once = [len(each.samples) for each in made]
    job._time(made, Stopwatch(CPU), float("inf"), lambda *_: None)
    assert all(len(each.samples) > before for each, before in zip(made, once, strict=True))
