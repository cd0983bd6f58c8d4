"""How far two decoders say the same when each goes on from the same prompts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch.utils import _pytree as pytree

from advisor.measurement.outputs import main_output
from advisor.models.loaded import LoadedModel
from advisor.profiling.invocation import token_input

Prompt = tuple[tuple[Any, ...], dict[str, Any]]

CONTINUED_TOKENS = 32
_MOST_S = 20.0


def token_agreement(
    baseline: LoadedModel, variant: LoadedModel, forward_s: float, chosen: int = CONTINUED_TOKENS
) -> float | None:
    """The share of greedily chosen tokens that are the same, place by place, over all prompts.

    Each goes on by itself, so a place where they part counts against all that follows from it. The
    window keeps its length and moves on by a token at a time: its shape is the one that was timed
    and compiled for. `forward_s`, the mean of both, bounds the number of tokens, so that all takes
    20 s at most.

    None where the model is no decoder, or has no token ids that all count.
    """
    prompts = list(_prompts(baseline))
    if baseline.decoder is None or not prompts:
        return None
    tokens = max(1, min(chosen, int(_MOST_S / (2 * len(prompts) * max(forward_s, 1e-9)))))
    agreeing = total = 0
    for prompt in prompts:
        one, two = (_continued(model.module, prompt, tokens) for model in (baseline, variant))
        if one is None or two is None:
            return None
        agreeing += int((one == two.to(one.device)).sum().item())
        total += one.numel()
    return agreeing / total


def _prompts(model: LoadedModel) -> Iterator[Prompt]:
    """The example input and those of fidelity that hold token ids and hide none of them."""
    asked: list[Prompt] = [(model.inputs, dict(model.keyword_inputs))]
    asked += [(each, {}) for each in model.fidelity_inputs]
    for positional, named in asked:
        ids = token_input(positional, named)
        mask = named.get("attention_mask")
        hidden = isinstance(mask, torch.Tensor) and mask is not ids and not bool(mask.all())
        if ids is not None and not hidden:
            yield positional, named


def _continued(module: torch.nn.Module, prompt: Prompt, tokens: int) -> torch.Tensor | None:
    """The (batch, tokens) that `module` goes on with; None where it returns no logits."""
    asked = token_input(*prompt)
    given, structure = pytree.tree_flatten(prompt)
    window, chosen = asked, []
    assert window is not None
    for _ in range(tokens):
        leaves = [window if leaf is asked else leaf for leaf in given]
        positional, named = pytree.tree_unflatten(leaves, structure)
        output = main_output(module(*positional, **named))
        if output is None or output.tensor.dim() != 3:
            return None
        following = output.tensor[:, -1].argmax(-1, keepdim=True).to(window.dtype)
        chosen.append(following)
        window = torch.cat([window[:, 1:], following], dim=1)
    return torch.cat(chosen, dim=1)
