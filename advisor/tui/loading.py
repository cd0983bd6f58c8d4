"""What the screen is about is imported while the screen stands already and takes keys."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Callable, Iterator

BEFORE_ALL = ("advisor.measurement.process",)
"""What starts a worker; it loads PyTorch while the rest is imported here."""
ENGINE = (
    "advisor.session_training", "advisor.history", "advisor.telemetry.sample",
    "advisor.tui.measuring", "advisor.tui.overlays",
)  # fmt: skip
PACKAGES = ("advisor.tui.render", "advisor.tui.screens")


class Loading:
    """Imports in a thread of its own; a fault of it is told where what is missing is needed."""

    def __init__(self) -> None:
        self._has_begun = False
        self._is_over = threading.Event()

    def start(self, done: Callable[[], object]) -> None:
        """`done` is called in that thread."""
        self._has_begun = True

        def work() -> None:
            try:
                for name in _names():
                    importlib.import_module(name)
            finally:
                self._is_over.set()
            done()

        threading.Thread(target=work, name="loading", daemon=True).start()

    def wait(self) -> None:
        """Until all is imported; not on the main thread. Nothing where it was never started."""
        if self._has_begun:
            self._is_over.wait()


def _names() -> Iterator[str]:
    yield from (*BEFORE_ALL, *ENGINE)
    for package in PACKAGES:
        path = importlib.import_module(package).__path__
        yield from (each.name for each in pkgutil.iter_modules(path, f"{package}."))
