"""Attention writes its scores to memory and reads them back.

## What it sees
Two products of activations with a softmax between them, and a projection in which one fused kernel
in their place answers more.

## Why it is waste
The scores are tokens by tokens for each head: the largest tensors of the model, used once.

## What to do
Switch on fused attention, where the model can do without giving its attention weights.

## Sources
Dao et al. 2022, "FlashAttention", arXiv 2205.14135.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import NOTICEABLE, gain, rates
from advisor.projection.attention import with_fused_attention
from advisor.projection.serving import main_phase
from advisor.strategies.selection import Choice
from advisor.units import memory

SLUG = "attention-scores-written-out"


def check(facts: Facts) -> Finding | None:
    written = main_phase(facts.profile)
    fused = with_fused_attention(written)
    if not facts.serves or len(fused.operators) == len(written.operators):
        return None
    after = facts.alone[Choice("fused-attention")]
    if gain(facts.before, after) < NOTICEABLE:
        return None
    moved, left = (
        sum((row.input_bytes + row.output_bytes) * row.repeats for row in phase.operators)
        for phase in (written, fused)
    )
    return Finding(
        SLUG,
        "waste",
        "attention writes scores that one kernel would keep to itself",
        (
            ("activation traffic as written", memory(moved)),
            ("activation traffic fused", memory(left)),
            ("projected fused", rates(facts.before, after)),
        ),
        recommends=("fused-attention",),
    )


RULE = Rule(SLUG, "attention as products and a softmax", check)
