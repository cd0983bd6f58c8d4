"""Which choices the rules leave to the plan, and why the others are left out.

A rule that forbids is a guard: it keeps out what may be cheap and must not be done. The exact
minimum is held to the same guards, so that its distance is only what the missing advice costs;
what the guards cost is told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advisor.advice.rule import Facts, Finding
from advisor.advice.space import Choices
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import Choice, every_choice, is_named, lacking_on


@dataclass(frozen=True)
class Rejected:
    slug: str
    reason: str


def sort_out(
    facts: Facts, said: Sequence[Finding]
) -> tuple[dict[str, tuple[Choice, ...]], list[Rejected]]:
    """The choices that some rule speaks for and none forbids; the other strategies with why."""
    allowed: dict[str, tuple[Choice, ...]] = {}
    rejected = []
    levels = guarded(every_choice(), said)
    for slug, strategy in strategies().items():
        against = next((finding for finding in said if slug in finding.forbids), None)
        lacks = lacking_on(facts.scenario.hardware, strategy)
        if lacks is not None:
            rejected.append(Rejected(slug, lacks))
        elif against is not None:
            rejected.append(Rejected(slug, f"{against.rule}: {against.reason}"))
        elif any(slug in finding.recommends for finding in said):
            allowed[slug] = levels[slug]
        else:
            rejected.append(Rejected(slug, "no rule speaks for it here"))
    return allowed, rejected


def guarded(choices: Choices, said: Sequence[Finding]) -> Mapping[str, tuple[Choice, ...]]:
    """`choices` without the levels that a finding forbids."""
    return {
        slug: tuple(choice for choice in levels if against(said, choice) is None)
        for slug, levels in choices.items()
    }


def against(said: Sequence[Finding], choice: Choice) -> Finding | None:
    """The first finding that forbids `choice`, as its strategy or at its levels."""
    for finding in said:
        if any(is_named(choice, text, finding.rule) for text in finding.forbids):
            return finding
    return None
