"""Where a pattern of blocks starts, and how long it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.profiling.blocks import Pattern, repeating_pattern


@pytest.mark.parametrize(
    ("blocks", "pattern"),
    [
        ("aaaaaa", Pattern(0, 1)),
        ("baaaaa", Pattern(1, 1)),
        ("abababab", Pattern(0, 2)),
        ("aaabaaab", Pattern(0, 4)),
        ("abcdef", None),
    ],
)
def test_patterns(blocks: Any, pattern: Any) -> None:
    assert repeating_pattern(blocks) == pattern


@given(st.text("ab", min_size=1, max_size=12))
def test_the_pattern_reproduces_the_blocks(blocks: Any) -> None:
    pattern = repeating_pattern(blocks)
    if pattern is not None:
        start, period = pattern.start, pattern.period
        assert all(
            blocks[index] == blocks[start + (index - start) % period]
            for index in range(start, len(blocks))
        )
