"""Telemetry for the screen: the latest reading, and the course of every figure until now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.tui.messages import TelemetryRead
from advisor.tui.render.telemetry import HISTORY_LENGTH
from advisor.tui.traces import DeviceTraces, HostTraces

if TYPE_CHECKING:
    from advisor.telemetry.reading import Telemetry
    from advisor.telemetry.sample import Sampler
    from advisor.tui.jobs import Post


class TelemetryFeed:
    """Samples in a thread of its own and posts TelemetryRead."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._sampler: Sampler | None = None
        self.latest: Telemetry | None = None
        self.devices: list[DeviceTraces] = []
        self.host = HostTraces()
        self.paused = False

    @property
    def histories(self) -> list[list[float | None]]:
        """The last readings of each GPU's utilisation, for the line at the top."""
        return [list(each.busy_percent.values)[-HISTORY_LENGTH:] for each in self.devices]

    def start(self) -> None:
        from advisor.telemetry.sample import Sampler

        post = self._post
        self._sampler = Sampler(lambda telemetry: _deliver(post, telemetry))
        if self.paused:
            self._sampler.pause()
        self._sampler.start()

    def stop(self) -> None:
        if self._sampler is not None:
            self._sampler.stop()

    def toggle_pause(self) -> None:
        self.paused = not self.paused
        if self._sampler is None:  # it starts as it is wanted by then
            return
        if self.paused:
            self._sampler.pause()
        else:
            self._sampler.resume()

    def take(self, telemetry: Telemetry) -> None:
        self.latest = telemetry
        self.host.take(telemetry.host)
        for position, device in enumerate(telemetry.devices):
            if position == len(self.devices):
                self.devices.append(DeviceTraces())
            self.devices[position].take(device)


def _deliver(post: Post, telemetry: Telemetry) -> None:
    post(TelemetryRead(telemetry))
