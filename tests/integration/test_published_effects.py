"""What strategies win and lose, against published ranges.

The engine's expected ratio, or the interval that its own cases span, must meet the published
range. A row that does not is marked with the reason and the figure reached; it fails once it does.
"""

from __future__ import annotations

import pytest

from tests.support.published_effects import Effect, effects, reached


def _marked(effect: Effect) -> object:
    reason = effect.missed
    marks = [pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)] if reason else []
    return pytest.param(effect, id=effect.case, marks=marks)


@pytest.mark.parametrize("effect", [_marked(effect) for effect in effects()])
def test_a_strategy_has_its_published_effect(effect: Effect) -> None:
    found = reached(effect)
    assert found.low <= effect.high, f"{found.expected:.3g} is above {effect.high:g}"
    assert effect.low <= found.high, f"{found.expected:.3g} is below {effect.low:g}"
