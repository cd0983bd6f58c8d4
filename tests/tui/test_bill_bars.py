"""The bill as bars and the objectives as gauges: as long as their figures, at any width."""

from __future__ import annotations

import functools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.measurement.result import ModelRequest
from advisor.projection.result import COMPONENTS, Constraint
from advisor.session import Session, session_for
from advisor.session_options import Options
from advisor.session_snapshot import Snapshot
from advisor.strategies.selection import parse_selection
from advisor.tui.render.bars import stacked
from advisor.tui.render.bill_bars import SIGNS, bar_lines, legend_line
from advisor.tui.render.effect import SHORT_HEIGHT, TALL_HEIGHT, effect_lines
from advisor.tui.render.gauges import broken_elsewhere, gauge_lines
from advisor.tui.render.line import text_of, width_of
from tests.support import profiles
from tests.support.measurements import measurement


def session(hardware: str = "cpu-2vcpu") -> Session:
    profile = profiles.encoder()
    options = Options(hardware=hardware, workload="retail-recommendation")
    return session_for(profile, ModelRequest(profile.reference), options)


@functools.cache
def snapshot(names: str = "bf16", hardware: str = "a100-80-sxm") -> Snapshot:
    found = session(hardware)
    found.select(parse_selection(names))
    return found.snapshot()


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=6), st.integers(0, 200))
def test_stacked_parts_are_as_long_as_their_sum(parts: list[float], width: int) -> None:
    largest = sum(parts)
    cells = stacked(parts, largest, width)
    assert sum(cells) == (width if largest > 0 else 0)
    assert all(count >= 0 for count in cells)


@pytest.mark.parametrize("width", [60, 80, 84, 120, 200])
@pytest.mark.parametrize("height", [SHORT_HEIGHT, TALL_HEIGHT])
def test_all_of_it_fits(width: int, height: int) -> None:
    lines = effect_lines(snapshot(), width, height)
    assert len(lines) == height
    assert all(width_of(each) <= width for each in lines), [text_of(each) for each in lines]


def test_bars_are_on_one_scale_and_their_parts_are_the_components() -> None:
    shown = snapshot("torch-compile")
    before, after, _ = map(text_of, bar_lines(shown, 120))
    totals = [each.bill.total().expected for each in (shown.before, shown.selected)]
    lengths = [sum(text.count(sign) for sign in SIGNS.values()) for text in (before, after)]
    assert max(lengths) == max(sum(map(before.count, SIGNS.values())), lengths[1])
    assert lengths[0] / lengths[1] == pytest.approx(totals[0] / totals[1], abs=0.03)
    largest = max(COMPONENTS, key=lambda each: shown.before.bill.total(each).expected)
    share = shown.before.bill.total(largest).expected / totals[0]
    assert before.count(SIGNS[largest]) / lengths[0] == pytest.approx(share, abs=0.03)


def test_a_measured_bill_has_a_bar_of_its_own_against_the_measured_baseline() -> None:
    found = session()
    found.select(parse_selection("bf16"))
    assert "not measured" in text_of(bar_lines(found.snapshot(), 100)[2])
    found.measurements.machine_hardware = found.scenario.hardware
    found.measurements.add(measurement("bf16", 2e-3, 1e-3))
    line = text_of(bar_lines(found.snapshot(), 100)[2])
    assert line.startswith(" measured ")
    assert line.count("$") == 2
    elsewhere = replace(found.scenario.hardware, id="another")
    found.measurements.machine_hardware = elsewhere
    assert "on other hardware" in text_of(bar_lines(found.snapshot(), 100)[2])


def test_the_legend_tells_costs_until_something_is_on_and_then_changes() -> None:
    legend = text_of(legend_line(snapshot(""), 79))
    assert all(sign in legend for sign in SIGNS.values())
    assert "+$" not in legend
    assert "+$" in text_of(legend_line(snapshot("bf16"), 79))


def constrained(*constraints: Constraint) -> Snapshot:
    shown = snapshot()
    return replace(shown, selected=replace(shown.selected, constraints=constraints))


@pytest.mark.parametrize(
    ("constraint", "said"),
    [
        (Constraint("latency", 0.5, 2.0, "s"), "kept 25% of 2 s"),
        (Constraint("time per output token", 0.1, 0.05, "s"), "BROKEN 200% of 50 ms/token"),
        (Constraint("memory, serving", 1.0, 80 * 2**30, "bytes"), "kept <1% of 80 GiB"),
        (Constraint("memory, serving", None, 80 * 2**30, "bytes"), "unknown, limit 80 GiB"),
        (Constraint("quality", 0.0, 0.0, "fraction"), "kept 0% of 0.00pt"),
        (Constraint("quality", 0.1, 0.0, "fraction"), "BROKEN over 0.00pt"),
    ],
)
def test_a_gauge_says_in_words_what_its_bar_shows(constraint: Constraint, said: str) -> None:
    text = "\n".join(map(text_of, gauge_lines(constrained(constraint), 100)))
    assert said in text
    assert text.count("no objective is set") == 2


def test_of_several_objectives_on_time_the_nearest_to_its_limit_is_shown() -> None:
    first = Constraint("time to first token", 1.0, 2.0, "s")
    token = Constraint("time per output token", 0.045, 0.05, "s")
    text = "\n".join(map(text_of, gauge_lines(constrained(first, token), 100)))
    assert "90% of 50 ms/token" in text
    assert "to first" not in text


def test_a_broken_limit_without_a_gauge_is_in_the_title() -> None:
    broken = Constraint("memory, training", 2.0, 1.0, "bytes")
    shown = constrained(broken, Constraint("quality", 1.0, 0.5, "fraction"))
    assert broken_elsewhere(shown.selected) == ("memory, training",)
