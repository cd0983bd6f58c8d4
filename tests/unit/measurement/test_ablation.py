from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.measurement.ablation import ablations, attribute
from advisor.strategies.selection import Selection, parse_selection

TWO = parse_selection("bf16,int8-dynamic")
THREE = parse_selection("bf16,int8-dynamic,torch-compile")


def test_the_whole_each_alone_and_the_whole_without_each_are_measured_once() -> None:
    assert len(ablations(TWO)) == 3
    assert len(ablations(THREE)) == 7
    assert ablations(THREE)[0] == THREE


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1))
def test_the_parts_of_two_are_the_whole(one: float, two: float, both: float) -> None:
    saved = {(): 0.0, TWO[:1]: one, TWO[1:]: two, TWO: both}
    found = attribute(TWO, lambda each: saved[each])
    assert sum(part.saved for part in found.parts) == pytest.approx(both, abs=1e-12)
    assert found.rest == pytest.approx(0.0, abs=1e-12)


def test_what_three_do_only_together_is_given_to_none() -> None:
    def saved(each: Selection) -> float:
        return 0.6 if len(each) == 3 else 0.0

    found = attribute(THREE, saved)
    assert [part.alone for part in found.parts] == [0.0, 0.0, 0.0]
    assert [part.saved for part in found.parts] == pytest.approx([0.3, 0.3, 0.3])
    assert found.rest == pytest.approx(-0.3)
