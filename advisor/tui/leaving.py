"""The ways out of the program, none of which leaves a process behind."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from textual.app import App

from advisor.tui.ending import has_hung_up

if TYPE_CHECKING:
    from advisor.tui.course import Course
    from advisor.tui.feed import TelemetryFeed

QUIT_WITHIN_S = 3.0


class Leaving(App[None], inherit_bindings=False):
    """The part of the program that ends it; its keys are the program's."""

    course: Course
    feed: TelemetryFeed
    interrupted_at_s: float | None = None

    def action_interrupt(self) -> None:
        if self.course.cancel():
            return
        now_s, last_s = time.monotonic(), self.interrupted_at_s
        if last_s is not None and now_s - last_s < QUIT_WITHIN_S:
            self.end(int(self.course.exit_code))
        else:
            self.interrupted_at_s = now_s
            self.notify("once more quits", timeout=QUIT_WITHIN_S)

    async def action_quit(self) -> None:
        self.end(int(self.course.exit_code))

    def end(self, return_code: int) -> None:
        """Leave no process behind, then leave."""
        self._stop()
        self.exit(return_code=return_code)

    def on_unmount(self) -> None:
        """Whatever ended the app, nothing of it goes on."""
        self._stop()

    def _stop(self) -> None:
        self.feed.stop()
        self.course.end()

    def end_if_hung_up(self) -> None:
        if has_hung_up():
            self.end(128 + signal.SIGHUP)
