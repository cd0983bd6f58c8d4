"""Another model, hardware, workload or organization, while the screen stays where it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from advisor.errors import UsageError
from advisor.measurement.result import ModelRequest
from advisor.tui.messages import Opened

if TYPE_CHECKING:
    from advisor.history import History
    from advisor.session import Session
    from advisor.session_options import Options
    from advisor.tui.course import Course

Side = Literal["hardware", "workload", "organization"]


class Switching:
    """What is looked at now, and how to look at another; on the main thread only."""

    def __init__(
        self, course: Course, history: Callable[[], History], request: ModelRequest | None,
        options: Options,
    ) -> None:  # fmt: skip
        self.request = request
        self.options = options
        self._course = course
        self._history = history

    def begin(self, session: Session | None) -> None:
        """Open what was asked for when the program was called; nothing where that was nothing."""
        if self.request is not None:
            self._course.begin(self.request, self.options, session)

    def open(self, reference: str, options: Options | None = None) -> None:
        """Profile another model, with other `options` where given.

        UsageError while a worker is busy with this one.
        """
        self._refuse_while_busy()
        self.options = options or self.options
        self.request = ModelRequest(reference)
        self._course.bench.restart(reference)
        self._course.begin(self.request, self.options, None)

    def change(self, side: Side, name: str) -> None:
        """Look at the same model from another side; UsageError as `look` raises it."""
        self.look(_with(self.options, side, name))

    def look(self, options: Options) -> None:
        """Look at the same model under other `options`; what is on and measured stays.

        Raises UsageError while a worker is busy, or for what no catalogue has or allows, and then
        has changed nothing.
        """
        self._refuse_while_busy()
        session = self._course.bench.session
        if session is not None:
            self._course.take(Opened(self._moved(session, options)))
        self.options = options
        if session is None:
            self.begin(None)

    def _moved(self, session: Session, options: Options) -> Session:
        from advisor.session import session_for
        from advisor.strategies.selection import lacking_on

        moved = session_for(session.scenario.profile, session.request, options, self._history())
        moved.measurements.take_over(session.measurements)
        lacking = {
            choice.slug: lacks
            for choice in session.chosen
            if (lacks := lacking_on(moved.scenario.hardware, choice.strategy)) is not None
        }
        moved.switches.select(tuple(each for each in session.chosen if each.slug not in lacking))
        for slug, lacks in lacking.items():
            self._course.bench.log(f"{slug} is off: {lacks}")
        return moved

    def _refuse_while_busy(self) -> None:
        if self._course.jobs.running:
            doing = self._course.bench.shown.activity.doing
            raise UsageError(f"{doing} is under way; Ctrl+C cancels it")


def _with(options: Options, side: Side, name: str) -> Options:
    match side:
        case "hardware":
            return replace(options, hardware=name)
        case "workload":
            return replace(options, workload=name)
        case "organization":
            return replace(options, organization=name)
