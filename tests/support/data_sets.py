"""Data sets for tests of `advisor data`: the built-in digits as rows, and pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

import advisor.models.examples
from advisor.measurement.data.report import DataReport

Inspect = Callable[..., DataReport]
"""Takes a file name, its content and options of the inspection."""
DIGITS = Path(advisor.models.examples.__file__).parent / "data" / "digits.npz"


def digits_rows() -> list[tuple[int, ...]]:
    """The 1,797 real digits: 64 pixels and the label."""
    with np.load(DIGITS) as file:
        images = np.concatenate([file["train_images"], file["test_images"]])
        labels = np.concatenate([file["train_labels"], file["test_labels"]])
    pixels = images.reshape(len(images), -1).astype(int)
    return [(*row, int(label)) for row, label in zip(pixels.tolist(), labels, strict=True)]


def write_digits(file: Path, rows: Sequence[Sequence[int]]) -> None:
    names = [*(f"pixel{number}" for number in range(64)), "label"]
    file.write_text("\n".join(",".join(map(str, row)) for row in [names, *rows]) + "\n")


def picture(seed: int, cells: int = 6, side: int = 96) -> Image.Image:
    """A random picture of `side` by `side` pixels, smooth between its `cells` by `cells`."""
    coarse = np.random.default_rng(seed).integers(0, 255, (cells, cells, 3), np.uint8)
    return Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)
