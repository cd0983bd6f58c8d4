"""Two decoders that go on with a cache: what it holds, and what a step takes."""

from __future__ import annotations

from typing import Any

import torch

from advisor.measurement.progress import Report
from advisor.measurement.result import Decoding
from advisor.measurement.timing import Stopwatch, time_in_turn
from advisor.models.loaded import LoadedModel
from advisor.models.quantized_cache import held_bytes
from advisor.profiling.invocation import token_input

DECODED_TOKENS = 32
WARM_UP_TOKENS = 3
"""Not timed: what is compiled is compiled again once the cache is found to grow."""
_MOST_S = 20.0


def compare(
    baseline: LoadedModel, variant: LoadedModel, stopwatch: Stopwatch, report: Report
) -> Decoding | None:
    """Both from the example prompts; None where the strategies leave the cache as it was."""
    prompt = token_input(baseline.inputs, dict(baseline.keyword_inputs))
    if variant.new_cache is None or prompt is None:
        return None
    decoder = variant.decoder
    if decoder is not None and decoder.max_context_tokens is not None:
        prompt = prompt[:, : max(1, decoder.max_context_tokens - WARM_UP_TOKENS - DECODED_TOKENS)]
    one, two = _Going(baseline.module, prompt), _Going(variant.module, prompt)
    for _ in range(WARM_UP_TOKENS):
        one.step()
        two.step()
    timed = time_in_turn(stopwatch, one.step, two.step, DECODED_TOKENS, report, _MOST_S)
    tokens = prompt.shape[1] + WARM_UP_TOKENS + timed.before.repeats
    held = held_bytes(one.cache), held_bytes(two.cache)
    return Decoding(tokens, held, (timed.before, timed.after))


class _Going:
    """One decoder with its cache, and the tokens that come next."""

    def __init__(self, module: torch.nn.Module, prompt: torch.Tensor) -> None:
        self._module = module
        self.cache, self._next = self._asked(module(input_ids=prompt, use_cache=True))

    def step(self) -> None:
        output = self._module(input_ids=self._next, past_key_values=self.cache, use_cache=True)
        self.cache, self._next = self._asked(output)

    @staticmethod
    def _asked(output: Any) -> tuple[Any, torch.Tensor]:
        return output.past_key_values, output.logits[:, -1:].argmax(-1)
