"""Scripted functions, while a model runs on tensors without data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import torch


@contextmanager
def scripted_functions_as_python() -> Iterator[None]:
    """Run what `torch.jit.script` made of a function as the function that it was made of.

    The interpreter of TorchScript makes tensors of its own, which hold data and cannot be mixed
    with those that have none; operators of a scripted function would not be seen one by one.
    """
    interpreted = torch.jit.ScriptFunction.__call__

    def call(function: Any, *inputs: Any, **keywords: Any) -> Any:
        python = getattr(function, "_torchdynamo_inline", None)
        if python is None:  # compiled from a string, or read from an archive
            return interpreted(function, *inputs, **keywords)
        return python(*inputs, **keywords)

    with mock.patch.object(torch.jit.ScriptFunction, "__call__", call):
        yield
