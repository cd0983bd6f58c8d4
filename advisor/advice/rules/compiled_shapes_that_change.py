"""A model is to be compiled whose inputs have another shape at every call.

## What it sees
A decoder that is served by plain PyTorch and writes more tokens than torch.compile makes versions
of one function: each token lengthens the cache, and with it the shapes.

## Why it matters
What is compiled for one shape is compiled again for the next, seconds to minutes each time. After
eight versions TorchDynamo gives up and runs the function eagerly, so the gain is lost as well.

## What to do
Hold keys and values in a cache of fixed size (`cache_implementation="static"` in transformers), pad
prompts to a few lengths, or mark the dimension as dynamic. A serving engine does all of it.

## Sources
PyTorch 2.13, `torch._dynamo.config.recompile_limit` (8); the workload's `serving.output_tokens`.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import COMPILE, levels_of, rates

SLUG = "compiled-shapes-that-change"
RECOMPILE_LIMIT = 8


def check(facts: Facts) -> Finding | None:
    tokens = facts.scenario.workload.serving.output_tokens
    compiled = dict(levels_of(facts, COMPILE.slug)).get(COMPILE)
    if not facts.serves or facts.profile.decoder is None or compiled is None:
        return None
    if tokens is None or tokens <= RECOMPILE_LIMIT:
        return None
    return Finding(
        SLUG,
        "warning",
        "each token of an answer gives the compiled model a shape that it has not seen",
        (
            ("tokens of an answer", f"{tokens:,}"),
            ("versions of a function that are compiled", str(RECOMPILE_LIMIT)),
            ("projected, with shapes that stay", rates(facts.before, compiled)),
        ),
        cautions=(COMPILE.slug,),
    )


RULE = Rule(SLUG, "torch.compile where every call has another shape", check)
