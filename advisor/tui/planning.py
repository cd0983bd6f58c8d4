"""The two things that take long enough to keep them off the main thread: the plan, the history."""

from __future__ import annotations

import threading
from collections.abc import Callable

from advisor.advice.goal import Goal
from advisor.advice.plan import make_plan
from advisor.advice.plan_economics import plan_economics
from advisor.advice.rule import Facts, Finding
from advisor.errors import AdvisorError
from advisor.history import History
from advisor.tui.jobs import Post
from advisor.tui.messages import Faulted, HistoryRead, Planned
from advisor.tui.shown import HistoryNote


def work_out_plan(facts: Facts, found: tuple[Finding, ...], goal: Goal, post: Post) -> None:
    """Posts Planned, and again with the economics.

    `facts`, and what was `found` by the rules, are frozen: the session may change meanwhile.
    """

    def work() -> None:
        try:
            plan = make_plan(facts, found, goal)
            post(Planned(facts, plan))
            post(Planned(facts, plan, plan_economics(facts, plan)))
        except AdvisorError as error:
            post(Faulted(error))

    _in_thread(work, "plan")


def read_history(history: History, post: Post) -> None:
    """Posts HistoryRead, with the reason where it cannot be read."""

    def read() -> None:
        try:
            found = history.median_error()
        except AdvisorError as error:
            post(HistoryRead(HistoryNote(problem=str(error))))
            return
        post(HistoryRead(HistoryNote(*found) if found else HistoryNote()))

    _in_thread(read, "history")


def _in_thread(work: Callable[[], None], name: str) -> None:
    threading.Thread(target=work, name=name, daemon=True).start()
