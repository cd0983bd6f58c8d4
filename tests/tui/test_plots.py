"""The roofline and the memory of a step, as text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.profiling.profile import Holder
from advisor.tui.render.line import text_of, width_of
from advisor.tui.render.memory_course import memory_lines
from advisor.tui.render.roofline import Point, Roofline, roofline, roofline_lines
from tests.support import profiles
from tests.tui.conftest import MakeApp
from tests.tui.screen import SIZES, opened, screen_text

pytestmark = pytest.mark.usefixtures("no_plan")
both_sizes = pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])


@pytest.mark.parametrize("width", [58, 80, 138])
def test_points_lie_where_their_figures_say(width: int) -> None:
    found = Roofline(1e12, 1e11, (Point(1.0, 5e10, 0.05), Point(100.0, 9e11, 0.9)), 0.05)
    lines = [text_of(each) for each in roofline_lines(found, width)]
    assert all(width_of(each) <= width for each in roofline_lines(found, width))
    small = next(number for number, text in enumerate(lines) if "•" in text)
    large = next(number for number, text in enumerate(lines) if "●" in text)
    assert large < small
    assert lines[large].index("●") > lines[small].index("•")
    assert "bends at 10" in " ".join(lines)


@pytest.mark.parametrize("make", [profiles.encoder, profiles.decoder, profiles.convnet])
async def test_points_and_what_has_none_are_the_whole_time(make_app: MakeApp, make: object) -> None:
    assert callable(make)
    app = make_app(make())
    async with app.run_test() as pilot:
        await opened(pilot)
        found = roofline(app.bench.opened().scenario)
    assert found.points
    shares = sum(each.share for each in found.points) + found.without_flops
    assert shares == pytest.approx(1.0)


@both_sizes
async def test_keys_show_both_plots_and_escape_closes_them(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        for key, marker in (("f", "roofline on a100-80-sxm"), ("i", "where each part peaks")):
            await pilot.press(key)
            await pilot.pause(0.2)
            assert marker in screen_text(app)
            await pilot.press("escape")
            await pilot.pause()
            assert marker not in screen_text(app)


def test_bars_of_memory_are_as_long_as_what_they_hold() -> None:
    memory = profiles.encoder().memory
    lines = [text_of(each) for each in memory_lines(memory, False, 80)]
    step = next(text for text in lines if text.strip().startswith("foreach step"))
    assert "◂" in step
    assert not any(text.strip().startswith("step") for text in lines)
    on_processor = [text_of(each) for each in memory_lines(memory, True, 80)]
    assert any(text.strip().startswith("step") and "◂" in text for text in on_processor)
    inference = next(text for text in lines if text.strip().startswith("inference"))
    ratio = inference.count("█") / sum(map(step.count, "█▓▒░·"))
    parts = memory.training_moments[-1].total_bytes + memory.parameters_bytes
    assert ratio == pytest.approx(memory.parameters_bytes / parts, abs=0.03)


def test_what_holds_the_peak_is_named_or_said_to_be_unknown() -> None:
    memory = profiles.encoder().memory
    unknown = "\n".join(map(text_of, memory_lines(memory, True, 60)))
    assert "held by: not known" in unknown
    held = replace(memory, inference_holders=(Holder("layers.*", 2**30), Holder("", 2**20)))
    lines = memory_lines(held, True, 60)
    text = "\n".join(map(text_of, lines))
    assert "layers.*" in text
    assert "(the model itself)" in text
    assert all(width_of(each) <= 60 for each in lines)
    untracked = replace(memory, training_moments=())
    assert "could be tracked" in "\n".join(map(text_of, memory_lines(untracked, True, 80)))
