"""Toy models written to files, as a user's own are: nothing of them exists in this process."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = """
import ctypes, os, signal, subprocess, sys, time
import torch
from torch import nn

class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, 10))

    def forward(self, inputs):
        return self.layers(inputs)

INPUTS = torch.linspace(-1, 1, 4 * 256).view(4, 256)
"""

WriteModel = Callable[[str], str]


@pytest.fixture
def write_model(tmp_path: Path) -> WriteModel:
    """Writes a file that starts with `HEAD` and returns the reference to its `build`."""

    def write(body: str) -> str:
        path = tmp_path / "toy_model.py"
        path.write_text(HEAD + textwrap.dedent(body))
        return f"{path}:build"

    return write
