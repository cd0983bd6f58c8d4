"""Data sets written by hand, inspected without a word on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from advisor.measurement.data.inspection import Options, inspect
from advisor.measurement.data.report import DataReport
from tests.support.data_sets import Inspect


@pytest.fixture
def inspected(tmp_path: Path) -> Inspect:
    """Writes `content` to a file of that name and inspects it."""

    def run(name: str, content: bytes | str, **options: Any) -> DataReport:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return inspect(file, Options(**options), lambda text, fraction: None)

    return run
