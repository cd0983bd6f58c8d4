"""The built-in `digits`: a small convolutional net that reads handwritten digits.

Its weights and its data ship with the package, so that accuracy, and what a strategy does to it,
is measured for real with no download. `train_digits.py` beside this file trains it.

The data are the 1,797 images of 8 × 8 pixels of the UCI set "Optical Recognition of Handwritten
Digits"; `data/DIGITS_LICENSE.md` says whose they are and under which licence.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from advisor.models.examples.placement import device_of, dtype_of
from advisor.models.loaded import Evaluation, EvaluationResult, LoadedModel, Training

DATA = Path(__file__).parent / "data"
IMAGES_FILE = DATA / "digits.npz"
WEIGHTS_FILE = DATA / "digits.safetensors"
CLASSES = 10
BATCH_SIZE = 32
FIDELITY_BATCHES = 4
LEARNING_RATE = 1e-3


class DigitsNet(nn.Module):
    """Two convolutions with batch normalization, then two linear layers.

    Takes (batch, 1, 8, 8) pixels in [0, 1] and returns (batch, 10) logits. The linear layers have
    64 and 1,024 inputs, so that kernels for quantized weights accept them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Conv2d(32, 64, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Linear(64 * 4 * 4, 64),
            nn.ReLU(),
            nn.Linear(64, CLASSES),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.classifier(self.features(images))
        return logits


def read_images(part: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (images, 1, 8, 8) pixels in [0, 1] and their labels; `part` is `train` or `test`."""
    with np.load(IMAGES_FILE, allow_pickle=False) as arrays:
        pixels = torch.from_numpy(arrays[f"{part}_images"]).float().div(16).unsqueeze(1)
        return pixels, torch.from_numpy(arrays[f"{part}_labels"]).long()


def accuracy(module: nn.Module) -> EvaluationResult:
    """Top-1 accuracy on the held-out images, all of them and digit by digit."""
    images, labels = read_images("test")
    with torch.no_grad():
        logits = module(images.to(device_of(module), dtype_of(module)))
    answers = logits.argmax(dim=1).cpu()
    right = answers == labels
    per_class = {
        str(digit): right[labels == digit].double().mean().item() for digit in range(CLASSES)
    }
    scores = macro_scores(answers, labels)
    return EvaluationResult(
        value=right.double().mean().item(),
        samples=len(labels),
        per_class=per_class,
        scores=scores,
        per_sample=right.double().tolist(),
        sample_classes=[str(label) for label in labels.tolist()],
    )


def macro_scores(answers: torch.Tensor, labels: torch.Tensor) -> dict[str, float]:
    """Precision, recall and F1 of (images,) answers, each the mean over the digits.

    A digit that is never answered has precision and F1 of 0.
    """
    found = torch.bincount(labels * CLASSES + answers, minlength=CLASSES**2).double()
    confusion = found.reshape(CLASSES, CLASSES)
    right, told, there = confusion.diagonal(), confusion.sum(dim=0), confusion.sum(dim=1)
    return {
        "precision": (right / told.clamp(min=1)).mean().item(),
        "recall": (right / there.clamp(min=1)).mean().item(),
        "F1": (2 * right / (told + there).clamp(min=1)).mean().item(),
    }


def load() -> LoadedModel:
    """Build the trained net with a batch of 32 test images as its example input."""
    module = DigitsNet()
    module.load_state_dict(load_file(WEIGHTS_FILE))
    images, _ = read_images("test")
    batches = tuple((batch,) for batch in torch.split(images, BATCH_SIZE)[: 1 + FIDELITY_BATCHES])
    return LoadedModel(
        reference="digits",
        module=module.eval(),
        inputs=batches[0],
        evaluation=Evaluation("accuracy", higher_is_better=True, run=accuracy),
        fidelity_inputs=batches[1:],
        loss=_loss,
        training=Training(training_batches, cross_entropy, LEARNING_RATE),
        workload="medical-diagnosis",
    )


def training_batches() -> tuple[tuple[torch.Tensor, torch.Tensor], ...]:
    """The training images and labels in batches of 32, in the order of the file."""
    images, labels = read_images("train")
    parts = torch.split(images, BATCH_SIZE), torch.split(labels, BATCH_SIZE)
    return tuple(zip(*parts, strict=True))


def cross_entropy(module: nn.Module, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Mean cross-entropy of a batch of images and labels."""
    images, labels = batch
    device = device_of(module)
    logits = module(images.to(device, dtype_of(module)))
    return nn.functional.cross_entropy(logits.float(), labels.to(device))


def _loss(module: nn.Module) -> torch.Tensor:
    """Cross-entropy on one batch of training images, as large as the example input.

    A copy of it, so that all the images are not held beside the step.
    """
    images, labels = training_batches()[0]
    return cross_entropy(module, (images.clone(), labels.clone()))
