from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import advisor


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("reading", {"pynvml", "psutil", "torch"}),
        ("last_known", {"pynvml", "psutil", "torch"}),
        ("deadline", {"pynvml", "psutil", "torch"}),
        ("host", {"pynvml", "torch"}),
        ("machine", {"torch", "textual"}),
    ],
)
def test_importing_loads_nothing_it_does_not_need(module: str, absent: set[str]) -> None:
    script = f"import sys, advisor.telemetry.{module}; print(*sys.modules)"
    root = Path(advisor.__file__).parents[1]
    loaded = subprocess.check_output([sys.executable, "-c", script], cwd=root, text=True).split()
    assert absent.isdisjoint(loaded)
