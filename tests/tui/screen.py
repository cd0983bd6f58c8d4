"""What is to be seen on the screen of an app under test."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.pilot import Pilot
from textual.widgets import Static

from advisor.tui.app import AdvisorApp

LIMIT_S = 60.0
SIZES = [(80, 24), (140, 40)]


def screen_lines(app: AdvisorApp) -> list[str]:
    """Every line of the terminal as text, as the compositor would send it."""
    update = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in update]


def screen_text(app: AdvisorApp) -> str:
    return "\n".join(screen_lines(app))


def row(app: AdvisorApp, title: str) -> str:
    """The first line on the screen that begins with `title`."""
    return next(line for line in screen_lines(app) if line.strip(" >").startswith(title))


def telemetry(app: AdvisorApp) -> str:
    return str(app.screen.query_one("#telemetry", Static).content)


async def settle(pilot: Pilot[None]) -> None:
    """Wait until a session is shown and everything is painted."""
    for _ in range(1500):
        await pilot.pause(0.02)
        app = pilot.app
        assert isinstance(app, AdvisorApp)
        if app.bench.session is not None and app.bench.shown.plan is not None:
            break
    await pilot.pause()
    await pilot.pause()


async def put_cursor_on(pilot: Pilot[None], slug: str) -> None:
    from advisor.tui.widgets.strategies_view import StrategyList

    pilot.app.screen.query_one(StrategyList).put_cursor_on(slug)
    await pilot.pause()


async def opened(pilot: Pilot[None]) -> None:
    """Wait until a session is shown, whatever the plan takes."""
    for _ in range(1500):
        await pilot.pause(0.02)
        app = pilot.app
        assert isinstance(app, AdvisorApp)
        if app.bench.session is not None:
            break
    await pilot.pause()
    await pilot.pause()


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < deadline, screen_text(pilot.app)  # type: ignore[arg-type] # it is an AdvisorApp
        await pilot.pause(0.05)
    await pilot.pause()
