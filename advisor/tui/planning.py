"""What takes long enough to keep it off the main thread: the plan, an export, the history."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from advisor.errors import AdvisorError, CancelledError
from advisor.tui.messages import Exported, ExportFailed, ExportGoesOn, Faulted, HistoryRead, Planned
from advisor.tui.searching import Search
from advisor.tui.shown import Exporting, HistoryNote

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.advice.goal import Goal
    from advisor.advice.rule import Facts, Finding
    from advisor.history import History
    from advisor.session import Session
    from advisor.tui.jobs import Post


def work_out_plan(facts: Facts, found: tuple[Finding, ...], goal: Goal, post: Post) -> Search:
    """Posts Planned, and again with the economics; nothing more once the search is ended.

    `facts`, and what was `found` by the rules, are frozen: the session may change meanwhile.
    """
    search = Search("plan", facts, found, goal)

    def work() -> None:
        try:
            answers = search.results()
            plan = next(answers)
            post(Planned(facts, plan))
            post(Planned(facts, plan, next(answers)))
        except CancelledError:
            return  # other facts hold by now
        except AdvisorError as error:
            post(Faulted(error))

    _in_thread(work, "plan")
    return search


def work_out_export(session: Session, folder: Path, post: Post) -> Search:
    """Posts ExportGoesOn at each step, then Exported or ExportFailed.

    The session is taken as it is when it is asked for.
    """
    from advisor.tui.exporting import FORMATS, export

    search = Search("audit", session.standing(), FORMATS)
    reference = session.scenario.profile.reference

    def work() -> None:
        contents: list[bytes] = []
        try:
            for found in search.results():
                if isinstance(found, Exporting):
                    post(ExportGoesOn(found))
                else:
                    contents.append(found)
            post(Exported(export(contents, reference, folder)))
        except AdvisorError as error:
            post(ExportFailed(error))

    _in_thread(work, "export")
    return search


def read_history(history: Callable[[], History], post: Post) -> None:
    """Posts HistoryRead, with the reason where it cannot be read."""

    def read() -> None:
        try:
            found = history().median_error()
        except AdvisorError as error:
            post(HistoryRead(HistoryNote(problem=str(error))))
            return
        post(HistoryRead(HistoryNote(*found) if found else HistoryNote()))

    _in_thread(read, "history")


def _in_thread(work: Callable[[], None], name: str) -> None:
    threading.Thread(target=work, name=name, daemon=True).start()
