"""Telemetry for the screen: the latest reading and a short history of each GPU's utilisation."""

from __future__ import annotations

from collections import deque

from advisor.telemetry.reading import Telemetry
from advisor.telemetry.sample import Sampler
from advisor.tui.jobs import Post
from advisor.tui.messages import TelemetryRead
from advisor.tui.render.telemetry import HISTORY_LENGTH


class TelemetryFeed:
    """Samples in a thread of its own and posts TelemetryRead."""

    def __init__(self, post: Post) -> None:
        self._sampler = Sampler(lambda telemetry: _deliver(post, telemetry))
        self.latest: Telemetry | None = None
        self.histories: list[deque[float | None]] = []
        self.paused = False

    def start(self) -> None:
        self._sampler.start()

    def stop(self) -> None:
        self._sampler.stop()

    def toggle_pause(self) -> None:
        self.paused = not self.paused
        if self.paused:
            self._sampler.pause()
        else:
            self._sampler.resume()

    def take(self, telemetry: Telemetry) -> None:
        self.latest = telemetry
        for position, device in enumerate(telemetry.devices):
            if position == len(self.histories):
                self.histories.append(deque(maxlen=HISTORY_LENGTH))
            figure = None if device.problem is not None else device.utilisation_percent
            self.histories[position].append(figure)


def _deliver(post: Post, telemetry: Telemetry) -> None:
    post(TelemetryRead(telemetry))
