"""What filtering, sorting and turning the list of 10,000 operators costs, in milliseconds.

`python -m tests.benchmarks.operator_list` prints the worst of some presses, each from the key to
the frame after it, and the longest that the event loop stood still meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
import time
from pathlib import Path

from textual.pilot import Pilot

from advisor.history import History
from advisor.measurement.result import ModelRequest
from advisor.session import session_for
from advisor.session_options import Options
from advisor.tui.app import AdvisorApp
from tests.tui.screen import opened
from tests.tui.test_operators import many_operators

OPERATORS = 10_000
PRESSES = (
    ("3", "open the table"), ("s", "sort by share"), ("s", "sort by multiply-adds"),
    ("S", "turn the sorting around"), ("j", "line down"), ("slash", "begin a filter"),
    ("8", "first letter of a filter"), ("3", "second letter"), ("escape", "clear the filter"),
    ("v", "turn to the tree"), ("h", "fold"), ("l", "unfold"), ("j", "line down in the tree"),
)  # fmt: skip


async def longest_stall(stalls: list[float]) -> None:
    """Note by how much each wake-up is late."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        stalls.append(time.perf_counter() - before - 0.001)


async def press(pilot: Pilot[None], key: str, name: str) -> None:
    stalls: list[float] = []
    watch = asyncio.create_task(longest_stall(stalls))
    await pilot.press(key)
    await pilot.pause()
    await asyncio.sleep(0.2)
    watch.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watch
    sys.stdout.write(f"{name:<28} longest stall {max(stalls) * 1000:7.1f} ms\n")


async def main() -> None:
    profile = many_operators(OPERATORS)
    request = ModelRequest(profile.reference)
    options = Options(hardware="a100-80-sxm", workload="retail-recommendation")
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "history.sqlite3")
        session = session_for(profile, request, options, history)
        app = AdvisorApp(request, options, history, session)
        async with app.run_test(size=(120, 40)) as pilot:
            await opened(pilot)
            while app.bench.shown.economics is None:  # the plan is worked out in a thread
                await pilot.pause(0.1)
            for key, name in PRESSES:
                await press(pilot, key, name)


if __name__ == "__main__":
    asyncio.run(main())
