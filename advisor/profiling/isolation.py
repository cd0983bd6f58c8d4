"""Runs of a model that leave nothing changed in the process around it, nor wait for it."""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def leaving_no_trace() -> Iterator[None]:
    """Put random states back, of Python, numpy and torch, and compile nothing meanwhile."""
    python_state, numpy_state = random.getstate(), np.random.get_state()
    on_cuda = torch.cuda.is_initialized()  # type: ignore[no-untyped-call] # PyTorch's is untyped
    devices = range(torch.cuda.device_count()) if on_cuda else ()
    with torch.random.fork_rng(devices), torch.compiler.set_stance("force_eager"):
        try:
            yield
        finally:
            random.setstate(python_state)
            np.random.set_state(numpy_state)


@contextmanager
def heap_set_aside() -> Iterator[None]:
    """Let garbage collection look at what is made from here on, not at all there was before.

    A process with PyTorch and a model holds millions of objects, and a full collection, of which
    a profile sets one off, takes as long as the profile. Where the program has set its heap aside
    itself, that stays as it is.
    """
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
