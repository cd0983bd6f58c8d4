"""What stands beside a projected change: a share of it, or dollars where it is near nothing."""

from __future__ import annotations

import pytest

from advisor.projection.result import Estimate
from advisor.tui.render import basis


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Estimate(-120.0, -100.0, -80.0), "projected ±20%"),
        (Estimate(5.0, 5.0, 5.0), "projected"),
        (Estimate(0.0, 0.0, 0.0), "projected"),
        (Estimate(-0.1, 0.0, 0.3), "projected ≈0"),
        (Estimate(-1971.0, 1.0, 1971.0), "projected ±$2k"),
        (Estimate(-30.0, 0.0, 50.0), "projected ±$40"),
        (Estimate(-4e6, 1.0, 4e6), "projected ±$4M"),
    ],
)
def test_range_beside_a_change(change: Estimate, said: str) -> None:
    assert basis.projected(change) == said
