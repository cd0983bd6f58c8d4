"""Train the built-in `digits` and write its weights.

`python -m advisor.models.examples.train_digits` takes some seconds and prints the accuracy. Where
the images are not beside the package they are taken from scikit-learn's copy of the UCI set,
shuffled once with a fixed seed and split in three quarters to train on and one to test on.
"""

from __future__ import annotations

import argparse
import importlib
import sys

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from advisor.models.examples.digits import (
    IMAGES_FILE,
    WEIGHTS_FILE,
    DigitsNet,
    accuracy,
    read_images,
)

SEED = 20260101
TRAIN_FRACTION = 0.75
BATCH_SIZE = 64
PEAK_LEARNING_RATE = 3e-3
WEIGHT_DECAY = 0.05
MAX_SHIFT_PIXELS = 1


def write_images() -> None:
    """Write the images and labels of both parts as unsigned bytes; needs scikit-learn."""
    bunch = importlib.import_module("sklearn.datasets").load_digits()
    order = np.random.default_rng(SEED).permutation(len(bunch.target))
    cut = int(len(order) * TRAIN_FRACTION)
    arrays = {}
    for part, rows in (("train", order[:cut]), ("test", order[cut:])):
        arrays[f"{part}_images"] = bunch.images[rows].astype(np.uint8)
        arrays[f"{part}_labels"] = bunch.target[rows].astype(np.uint8)
    np.savez_compressed(IMAGES_FILE, **arrays)


def shifted(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Move each batch by up to a pixel each way, as a pen on paper would."""
    high = 2 * MAX_SHIFT_PIXELS + 1
    down, right = torch.randint(high, (2,), generator=generator).tolist()
    padded = nn.functional.pad(images, (MAX_SHIFT_PIXELS,) * 4)
    return padded[..., down : down + images.shape[-2], right : right + images.shape[-1]]


def train(epochs: int) -> DigitsNet:
    """Train from scratch on the training images; the same seed gives the same weights."""
    torch.manual_seed(SEED)
    generator = torch.Generator().manual_seed(SEED)
    images, labels = read_images("train")
    module = DigitsNet().train()
    steps = epochs * -(-len(images) // BATCH_SIZE)
    optimizer = torch.optim.AdamW(module.parameters(), weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LEARNING_RATE, steps)
    for _ in range(epochs):
        for rows in torch.split(torch.randperm(len(images), generator=generator), BATCH_SIZE):
            logits = module(shifted(images[rows], generator))
            loss = nn.functional.cross_entropy(logits, labels[rows], label_smoothing=0.05)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            schedule.step()
    return module.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=30)
    arguments = parser.parse_args()
    if not IMAGES_FILE.exists():
        write_images()
    module = train(arguments.epochs)
    result = accuracy(module)
    save_file(module.state_dict(), WEIGHTS_FILE)
    sys.stdout.write(f"test accuracy {result.value:.4f} on {result.samples} images\n")


if __name__ == "__main__":
    main()
