"""A profile crosses the pipe unchanged."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from advisor.profiling.profile import ModelProfile, Operator, Phase
from advisor.profiling.wire import decode, encode

COUNTS = st.integers(0, 2**63 - 1)
OPERATORS = st.builds(
    Operator,
    multiply_adds=COUNTS,
    weight_bytes=COUNTS,
    pruning_exponent=st.sampled_from([1.0, 2.0]),
)


@given(
    st.builds(
        ModelProfile,
        parameters=COUNTS,
        active_parameters=COUNTS,
        phases=st.tuples(st.builds(Phase, operators=st.tuples(OPERATORS))),
        uncounted_operators=st.dictionaries(st.text(), COUNTS),
        elapsed_s=st.floats(0, 1e6),
    )
)
def test_round_trip(profile: Any) -> None:
    encoded = encode(profile)
    assert b"\n" not in encoded, "one message is one line"
    assert decode(encoded) == profile
