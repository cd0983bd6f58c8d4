"""The built-in `tiny-gpt`: a small decoder over bytes, trained on the reference of Python.

It is transformers' own Llama (rotary positions, grouped-query attention, SwiGLU) made small. Its
weights and text ship with the package, so that perplexity and decoding are measured for real with
no download. `train_tiny_gpt.py` beside this file trains it; `data/PYTHON_REFERENCE_LICENSE.md`
says where the text is from.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

from advisor.models.decoder_shape import decoder_shape
from advisor.models.examples.placement import device_of
from advisor.models.loaded import Evaluation, EvaluationResult, LoadedModel, Training

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parent / "data"
TEXT_FILES = {part: DATA / f"python_reference_{part}.txt" for part in ("train", "test")}
WEIGHTS_FILE = DATA / "tiny_gpt.safetensors"
CONTEXT_TOKENS = 256
EVALUATED_TOKENS = 32 * CONTEXT_TOKENS
BATCH_SIZE = 8
FIDELITY_BATCHES = 3
LEARNING_RATE = 5e-4


def build() -> LlamaForCausalLM:
    """An untrained decoder in fp32: 4 layers, 6 query heads on 2 key-value heads, 256 tokens."""
    config = LlamaConfig(
        vocab_size=256,
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=4,
        num_attention_heads=6,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=None,
    )
    return LlamaForCausalLM(config)


def read_tokens(part: str) -> torch.Tensor:
    """The bytes of one part of the text, `train` or `test`, as a vector of token ids."""
    return torch.tensor(list(TEXT_FILES[part].read_bytes()), dtype=torch.long)


def windows(part: str) -> torch.Tensor:
    """The text in rows of `CONTEXT_TOKENS` tokens, the rest cut off."""
    tokens = read_tokens(part)
    rows = len(tokens) // CONTEXT_TOKENS
    return tokens[: rows * CONTEXT_TOKENS].view(rows, CONTEXT_TOKENS)


def next_token_loss(module: nn.Module, tokens: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy, in nats, of each token of (batch, tokens) but the first of a row."""
    return row_losses(module, tokens).mean()


def row_losses(module: nn.Module, tokens: torch.Tensor) -> torch.Tensor:
    """The same for each row of (batch, tokens), as a vector of (batch,)."""
    tokens = tokens.to(device_of(module))
    logits = module(input_ids=tokens, use_cache=False).logits[:, :-1].float()
    losses = nn.functional.cross_entropy(logits.mT, tokens[:, 1:], reduction="none")
    return losses.mean(dim=1)


def perplexity(module: nn.Module) -> EvaluationResult:
    """Perplexity for each byte on held-out text: e to the mean cross-entropy, at best 1."""
    with torch.no_grad():
        losses = [
            loss for batch in _evaluation_batches() for loss in row_losses(module, batch).tolist()
        ]
    predicted = EVALUATED_TOKENS // CONTEXT_TOKENS * (CONTEXT_TOKENS - 1)
    return EvaluationResult(math.exp(sum(losses) / len(losses)), predicted, per_sample=losses)


def load() -> LoadedModel:
    """Build the trained decoder; the example input is one row of held-out text."""
    module = build()
    module.load_state_dict({name: value.float() for name, value in load_file(WEIGHTS_FILE).items()})
    rows = windows("test")
    return LoadedModel(
        reference="tiny-gpt",
        module=module.eval(),
        keyword_inputs={"input_ids": rows[:1]},
        evaluation=Evaluation(
            "perplexity", higher_is_better=False, run=perplexity, of_mean=math.exp
        ),
        fidelity_inputs=tuple((row,) for row in torch.split(rows[1 : 1 + FIDELITY_BATCHES], 1)),
        loss=_loss,
        training=Training(training_batches, next_token_loss, LEARNING_RATE),
        decoder=decoder_shape(module.config),
        workload="chat-serving",
    )


def _evaluation_batches() -> Iterator[torch.Tensor]:
    """The same rows at every call, in batches of equal size."""
    yield from torch.split(windows("test")[: EVALUATED_TOKENS // CONTEXT_TOKENS], BATCH_SIZE)


def training_batches() -> tuple[torch.Tensor, ...]:
    """All windows of the training text, eight rows at a time, those of a batch far apart."""
    rows = windows("train")
    count = len(rows) // BATCH_SIZE
    return tuple(rows[start::count][:BATCH_SIZE] for start in range(count))


def _loss(module: nn.Module) -> torch.Tensor:
    """The training loss on one row, as large as the example input.

    A copy of it, so that the whole text is not held beside the step.
    """
    return next_token_loss(module, windows("train")[:1].clone())
