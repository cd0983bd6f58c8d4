"""All tests of this folder need a GPU, and say so where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    chosen = [item for item in items if HERE in item.path.parents]
    if not chosen:
        return
    import torch

    needs = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
    for item in chosen:
        item.add_marker(pytest.mark.gpu)
        item.add_marker(needs)
