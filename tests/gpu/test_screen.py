"""The screen on a machine with a GPU, in a pseudo-terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from advisor.telemetry.sample import sample
from tests.benchmarks.gpu_cases import Case
from tests.tui.pseudo_terminal import Terminal

LIMIT_S = 120.0


@contextmanager
def screen(reference: str) -> Iterator[Terminal]:
    """With no hardware named, what is projected is this machine's own."""
    found = Terminal(reference, os.environ, 120, 40, hardware="", limit_s=LIMIT_S)
    try:
        found.wait_for(b"effect of 0 on")
        yield found
    finally:
        found.close()


def test_the_gpu_is_shown_live_and_m_measures_on_it() -> None:
    with screen("digits") as found:
        found.wait_for(b"GPU0")
        total = sample().devices[0].memory_total_bytes
        assert total is not None
        found.wait_for(f"{total / 2**30:.1f} GiB".encode())
        os.write(found.descriptor, b"m")
        found.wait_for(b"measured n=30")
        os.write(found.descriptor, b"q")
        assert found.end() == 0


def test_out_of_memory_leaves_the_screen_alive() -> None:
    with screen(Case("enormous").request.reference) as found:
        os.write(found.descriptor, b"m")
        found.wait_for(b"out of memory")
        os.write(found.descriptor, b"q")
        assert found.end() == 0
