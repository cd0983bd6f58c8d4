"""All strategies, by slug."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import advisor.strategies
from advisor.errors import UnknownNameError
from advisor.registry import discover
from advisor.strategies.strategy import Strategy


@functools.cache
def strategies() -> Mapping[str, Strategy]:
    return discover(advisor.strategies, "STRATEGY", Strategy, lambda strategy: strategy.slug)


def strategy_by_slug(slug: str, origin: str = "") -> Strategy:
    found = strategies().get(slug)
    if found is None:
        raise UnknownNameError("strategy", slug, strategies(), origin)
    return found
