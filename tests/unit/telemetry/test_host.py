from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import advisor
from advisor.telemetry.host import (
    HostReader,
    process_memory_bytes,
    process_peak_bytes,
    processor_name,
)

MIB = 2**20
ROOT = Path(advisor.__file__).parents[1]


def test_host_is_read_with_plausible_figures() -> None:
    reader = HostReader()
    first, second = reader.read(), reader.read()
    assert 0 < first.memory_used_bytes < first.memory_total_bytes
    assert first.cpu_percent is None
    assert second.cpu_percent is not None
    assert 0 <= second.cpu_percent <= 100
    assert first.cores_logical == os.cpu_count()


def test_processor_has_a_name() -> None:
    assert processor_name() != ""


def test_peak_follows_an_allocation_and_does_not_come_down() -> None:
    before = process_peak_bytes()
    block = bytearray(b"x") * (256 * MIB)  # written to, so that it is resident
    during = process_peak_bytes()
    del block
    after = process_peak_bytes()
    assert before is not None
    assert during is not None
    assert during > before + 128 * MIB
    assert after is not None
    assert after > during - MIB  # the kernel counts pages in batches


def test_peak_of_a_child_is_not_its_parents() -> None:
    """`ru_maxrss` would be: a child begins with the peak of the process that started it."""
    peak = "from advisor.telemetry.host import process_peak_bytes as peak; print(peak())"
    parent = (
        "import subprocess, sys\n"
        f"block = bytearray(b'x') * {400 * MIB}\n"
        f"print(subprocess.check_output([sys.executable, '-c', {peak!r}], text=True))\n"
    )
    output = subprocess.check_output([sys.executable, "-c", parent], cwd=ROOT, text=True)
    assert 0 < int(output) < 200 * MIB


def test_memory_of_this_process_is_read() -> None:
    resident = process_memory_bytes(os.getpid())
    assert resident is not None
    assert resident > MIB


def test_memory_of_an_ended_process_is_unknown_not_zero() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # ended, and not yet collected
    assert process_memory_bytes(child.pid) is None
    child.communicate()
    assert process_memory_bytes(child.pid) is None
