"""Requests, and looking after a worker from outside, by the process table of Linux."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import advisor
from advisor.measurement.process import Job
from advisor.measurement.protocol import Failed, Message, Progress
from advisor.measurement.result import MeasurementRequest, ModelRequest

ROOT = Path(advisor.__file__).parents[1]
HANGING = """
class Hanging(Mlp):
    def forward(self, inputs):
        time.sleep(600)

def build(): return Hanging(), INPUTS
"""


def silent(text: str, fraction: float) -> None:
    """Nobody watches the progress."""


def measurement(reference: str) -> MeasurementRequest:
    return MeasurementRequest(ModelRequest(reference), (), repeats=1)


def started(job: Job, text: str) -> Iterator[Message]:
    """The job's messages after the one whose text starts with `text`."""
    messages = job.messages()
    for message in messages:
        assert not isinstance(message, Failed), message
        if isinstance(message, Progress) and message.text.startswith(text):
            return messages
    raise AssertionError(f"no message starts with {text!r}")


def alive_in(group: int) -> int:
    """How many processes of the group are left, those that only wait to be collected aside."""
    found = (stat_fields(status) for status in Path("/proc").glob("[0-9]*/stat"))
    return sum(int(each[2]) == group and each[0] not in {"Z", "X"} for each in found if each)


def wait_until(reached: Callable[[], bool], limit_s: float) -> bool:
    """Whether `reached` came true within `limit_s`."""
    deadline = time.monotonic() + limit_s
    while not reached() and time.monotonic() < deadline:
        time.sleep(0.05)
    return reached()


def stat_fields(status: Path) -> list[str]:
    """State, parent, process group and so on, as in proc(5) from the third field on."""
    try:
        return status.read_text().rpartition(")")[2].split()
    except OSError:
        return []  # it ended meanwhile
