"""The main screens as they are painted, held to texts that are looked at when they change.

Run with ADVISOR_UPDATE_GOLDEN=1 to write them anew; then read what changed before keeping it.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from advisor.telemetry.reading import DeviceReading, HostReading, Telemetry
from advisor.tui.feed import TelemetryFeed
from advisor.tui.widgets import bill_view
from tests.tui.conftest import MakeApp
from tests.tui.screen import SIZES, opened, put_cursor_on, screen_lines

FOLDER = Path(__file__).parents[1] / "golden" / "screens"
GIB = 2**30
READING = Telemetry(
    taken_at_s=0.0,
    devices=(
        DeviceReading(
            0, "GPU-1", "NVIDIA H100 80GB HBM3", memory_used_bytes=42 * GIB,
            memory_total_bytes=80 * GIB, utilisation_percent=87.0, power_w=412.0,
            power_limit_w=700.0, temperature_c=61.0, read_at_s=0.0,
        ),
    ),
    host=HostReading(12 * GIB, 64 * GIB, 37.0, (1.5, 1.2, 1.0), 16, 8, "a processor"),
)  # fmt: skip
SCREENS = {
    "strategies": ("1",), "bill": ("2",), "operators": ("3",), "findings": ("5",),
    "settings": ("comma",), "help": ("question_mark",),
}  # fmt: skip


@pytest.mark.usefixtures("no_plan")
@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
async def test_screens_are_as_they_were_looked_at(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(TelemetryFeed, "start", lambda feed: feed.take(READING))
    monkeypatch.setattr(bill_view, "today", lambda: date(2026, 11, 20))
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/config")
    app = make_app()
    changed = []
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await put_cursor_on(pilot, "bf16")
        await pilot.press("space")
        for name, keys in SCREENS.items():
            await pilot.press(*keys)
            await pilot.pause(0.1)
            await pilot.pause()
            text = "".join(f"{line.rstrip()}\n" for line in screen_lines(app))
            path = FOLDER / f"{name}-{size[0]}x{size[1]}.txt"
            if os.environ.get("ADVISOR_UPDATE_GOLDEN") == "1":
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            elif not path.exists() or path.read_text(encoding="utf-8") != text:
                changed.append(f"{path.name} is now:\n{text}")
            if app.screen is not app.main:
                await pilot.press("escape")
                await pilot.pause()
    assert not changed, "\n".join(changed)
