"""Train the built-in `tiny-gpt` and write its weights.

`python -m advisor.models.examples.train_tiny_gpt` takes about eight minutes on two cores. Where
the text is not beside the package it is made from the reference that Python carries for `help()`.
"""

from __future__ import annotations

import argparse
import sys
from pydoc_data.topics import topics

import torch
from safetensors.torch import save_file
from torch import nn

from advisor.models.examples.tiny_gpt import (
    CONTEXT_TOKENS,
    TEXT_FILES,
    WEIGHTS_FILE,
    build,
    next_token_loss,
    perplexity,
    read_tokens,
)

SEED = 20260101
GROUP_PARAGRAPHS = 16
HELD_OUT_EVERY = 10
STEPS = 1100
BATCH_SIZE = 12
MATRIX_LEARNING_RATE = 0.02
OTHER_LEARNING_RATE = 3e-3
WARM_UP_FRACTION = 0.03
REPORT_EVERY_STEPS = 100


def write_text() -> None:
    """Write the text of Python's reference, every tenth group of paragraphs held out.

    Topics share paragraphs; each paragraph is kept once, so none is in both parts.
    """
    unique: dict[str, str] = {}
    for name in sorted(topics):
        for paragraph in topics[name].split("\n\n"):
            unique.setdefault(" ".join(paragraph.split()), paragraph.strip("\n"))
    parts: dict[str, list[str]] = {"train": [], "test": []}
    for index, paragraph in enumerate(unique.values()):
        held_out = index // GROUP_PARAGRAPHS % HELD_OUT_EVERY == HELD_OUT_EVERY - 1
        parts["test" if held_out else "train"].append(paragraph)
    for part, paragraphs in parts.items():
        TEXT_FILES[part].write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8")


def optimizers(module: nn.Module) -> tuple[torch.optim.Optimizer, ...]:
    """Muon for the matrices of the blocks, AdamW for embeddings, output and norms."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in module.named_parameters():
        in_block = ".layers." in name and parameter.ndim == 2
        (matrices if in_block else others).append(parameter)
    return (
        torch.optim.Muon(matrices, lr=MATRIX_LEARNING_RATE, weight_decay=0.05),
        torch.optim.AdamW(others, lr=OTHER_LEARNING_RATE, betas=(0.9, 0.95), weight_decay=0.0),
    )


def rate_at(done: float) -> float:
    """The share of the peak learning rate when the share `done` of the training is over."""
    return min(done / WARM_UP_FRACTION, 1.0) * (1.0 - done)


def train(steps: int) -> nn.Module:
    """Train from scratch on random windows of the text; products are taken in bf16."""
    torch.manual_seed(SEED)
    module: nn.Module = build().train()
    tokens = read_tokens("train")
    both = optimizers(module)
    peaks = [optimizer.param_groups[0]["lr"] for optimizer in both]
    for step in range(steps):
        starts = torch.randint(len(tokens) - CONTEXT_TOKENS, (BATCH_SIZE, 1))
        with torch.autocast("cpu", torch.bfloat16):
            loss = next_token_loss(module, tokens[starts + torch.arange(CONTEXT_TOKENS)])
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        for optimizer, peak in zip(both, peaks, strict=True):
            optimizer.param_groups[0]["lr"] = peak * rate_at((step + 1) / (steps + 1))
            optimizer.step()
            optimizer.zero_grad()
        if step % REPORT_EVERY_STEPS == 0:
            sys.stdout.write(f"step {step}: loss {loss.item():.3f} nats a byte\n")
            sys.stdout.flush()
    return module.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    if not all(path.exists() for path in TEXT_FILES.values()):
        write_text()
    module = train(arguments.steps).bfloat16()
    save_file(module.state_dict(), WEIGHTS_FILE)
    result = perplexity(module.float())
    sys.stdout.write(f"held-out perplexity {result.value:.3f} on {result.samples} bytes\n")


if __name__ == "__main__":
    main()
