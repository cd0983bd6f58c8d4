"""Convolutions change the layout of what they read at every call.

## What it sees
Convolutions, and a projection in which channels last answers more.

## Why it is waste
Matrix units of a GPU compute in 16 bits with the channels last; what is laid out channels first is
turned around and back. A processor's library copies it into blocks of channels and back.

## What to do
Convert the module and its inputs to channels last, or compile the model, which chooses the layout.

## Sources
timm benchmark tables (2024-09): 0.98 to 1.25 of the speed, 1.08 in the middle. oneDNN developer
guide, "Understanding Memory Formats".
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import gain, rates
from advisor.strategies.selection import Choice
from advisor.units import percent

SLUG = "channels-first-convolutions"

LEAST = 0.02
"""One line to try: less than a noticeable gain is worth it."""


def check(facts: Facts) -> Finding | None:
    after = facts.alone[Choice("channels-last")]
    if not facts.serves or gain(facts.before, after) < LEAST:
        return None
    return Finding(
        SLUG,
        "waste",
        "convolutions turn their activations around at every call",
        (
            ("gain", percent(gain(facts.before, after))),
            ("projected channels last", rates(facts.before, after)),
        ),
        recommends=("channels-last",),
    )


RULE = Rule(SLUG, "convolutions with their channels first", check)
