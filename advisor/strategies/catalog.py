"""All strategies, by slug."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import advisor.strategies
from advisor.errors import UnknownNameError
from advisor.registry import discover
from advisor.strategies.strategy import FAMILIES, Strategy


@functools.cache
def strategies() -> Mapping[str, Strategy]:
    return discover(advisor.strategies, "STRATEGY", Strategy, lambda strategy: strategy.slug)


def by_family() -> Mapping[str, Strategy]:
    """All strategies by slug, those of one family beside each other."""
    order = {family: place for place, family in enumerate(FAMILIES)}
    return dict(sorted(strategies().items(), key=lambda each: order[each[1].family]))


def strategy_by_slug(slug: str, origin: str = "") -> Strategy:
    found = strategies().get(slug)
    if found is None:
        raise UnknownNameError("strategy", slug, strategies(), origin)
    return found
