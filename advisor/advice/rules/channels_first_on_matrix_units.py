"""Convolutions in 16 bits change the layout of what they read at every call.

## What it sees
Convolutions on a GPU with 16-bit units, in 16 bits, and a projection in which channels last answers
more.

## Why it is waste
Matrix units compute with the channels last; what is laid out channels first is turned around and
back.

## What to do
Convert the module and its inputs to channels last, or compile the model, which chooses the layout.

## Sources
timm benchmark tables (2024-09): 0.98 to 1.25 of the speed, 1.08 in the middle.
"""

from __future__ import annotations

from advisor.advice.rule import Facts, Finding, Rule
from advisor.advice.rules._alone import gain, rates
from advisor.strategies.selection import Choice
from advisor.units import percent

SLUG = "channels-first-on-matrix-units"

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


RULE = Rule(SLUG, "convolutions in 16 bits, channels first", check)
