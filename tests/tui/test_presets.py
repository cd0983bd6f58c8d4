"""Whole selections by one key: nothing, the exact minimum, what was measured last."""

from __future__ import annotations

import pytest

from tests.tui.conftest import MakeApp
from tests.tui.screen import opened, put_cursor_on

pytestmark = pytest.mark.usefixtures("no_plan")


async def test_nothing_can_be_switched_on_and_undone(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await put_cursor_on(pilot, "bf16")
        await pilot.press("space", "0")
        await pilot.pause()
        assert app.bench.opened().chosen == ()
        await pilot.press("u")
        await pilot.pause()
        assert [each.slug for each in app.bench.opened().chosen] == ["bf16"]


@pytest.mark.parametrize(
    ("key", "said"), [("R", "still being worked out"), ("L", "nothing is measured yet")]
)
async def test_a_preset_that_is_not_there_says_so(make_app: MakeApp, key: str, said: str) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press(key)
        await pilot.pause()
        assert said in app.bench.shown.log[-1].text
        assert app.bench.opened().chosen == ()
