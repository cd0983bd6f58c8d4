"""A setup with some knobs turned is what `dataclasses.replace` makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.projection.setup import Setup, with_knobs


def test_it_is_what_replace_makes() -> None:
    before = Setup(float_format="bf16")
    after = with_knobs(before, {"execution": "compiled", "gpu_tenants": 2})
    assert after == replace(before, execution="compiled", gpu_tenants=2)
    assert hash(after) == hash(replace(before, execution="compiled", gpu_tenants=2))
    assert before == Setup(float_format="bf16")


def test_a_name_that_is_no_knob_is_refused() -> None:
    with pytest.raises(TypeError, match="warp_factor"):
        with_knobs(Setup(), {"warp_factor": 9})
