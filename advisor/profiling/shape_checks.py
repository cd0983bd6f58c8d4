"""Shape checks that hold while a model is traced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import torch


@contextmanager
def shape_checks_under_tracing() -> Iterator[None]:
    """Let `torch._check` and its relatives take the comparisons that a trace makes of sizes.

    Under `torch.jit` tracing a size is a tensor, so `size == 3` is one too, and the checks
    insist on bool. Its value is known, so the check is made all the same.
    """
    check = torch._check_with  # noqa: SLF001 - every public check goes through it

    def check_value(error_type: type[Exception], condition: Any, message: Any = None) -> None:
        known = bool(condition) if isinstance(condition, torch.Tensor) else condition
        check(error_type, known, message)

    with mock.patch.object(torch, "_check_with", check_value):
        yield
