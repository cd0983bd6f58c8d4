"""How the screen ends when it does not end by `q`: signals, crashes, faults in threads."""

from __future__ import annotations

import asyncio
import select
import signal
import threading
from collections.abc import Callable

from rich.console import Console
from rich.segment import Segment, Segments

from advisor.errors import AdvisorError
from advisor.tui.jobs import JOB_THREAD, Post
from advisor.tui.messages import Faulted, JobFailed
from advisor.units import printable

_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def end_on_signals(end: Callable[[int], None]) -> None:
    """Call `end` with the shell's exit code, 128 + n, so that the terminal is restored first."""
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, end, 128 + number)


def has_hung_up(descriptor: int = 0) -> bool:
    """Whether the terminal is gone: a lost connection does not send SIGHUP to everyone."""
    watched = select.poll()
    watched.register(descriptor, 0)
    return any(events & (select.POLLHUP | select.POLLERR) for _, events in watched.poll(0))


def report_thread_faults(post: Post) -> None:
    """A fault in a thread is shown like a failed job; written to the terminal it would be lost."""

    def report(fault: threading.ExceptHookArgs) -> None:
        name = fault.thread.name if fault.thread is not None else "a thread"
        kind = fault.exc_type.__name__
        error = AdvisorError(f"fault in {name}: {kind}: {fault.exc_value}")
        post(JobFailed(error) if name == JOB_THREAD else Faulted(error))

    threading.excepthook = report


def quiet_traceback(console: Console) -> Segments:
    """The traceback under way, without the values of variables: they may be secret."""
    from rich.traceback import Traceback  # with the highlighter, 4 MiB that few ever need

    shown = Traceback(show_locals=False, width=None)
    return Segments(
        Segment("\n".join(map(printable, text.split("\n"))), style, control)
        for text, style, control in console.render(shown, console.options)
    )
