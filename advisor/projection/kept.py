"""What is worked out once for an object and kept as long as that is."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

_Owner = TypeVar("_Owner")
_Others = ParamSpec("_Others")
_Made = TypeVar("_Made")


def kept_with(
    make: Callable[Concatenate[_Owner, _Others], _Made],
) -> Callable[Concatenate[_Owner, _Others], _Made]:
    """Call `make` once for each first argument and each set of the others, which are hashable.

    The first is told by identity, and what was made goes with it: hashing a profile of ten
    thousand operators would cost more than the projection.
    """
    found: dict[int, dict[Hashable, _Made]] = {}

    @wraps(make)
    def known(owner: _Owner, /, *others: _Others.args, **named: _Others.kwargs) -> _Made:
        own = found.get(id(owner))
        if own is None:
            own = found[id(owner)] = {}
            weakref.finalize(owner, found.pop, id(owner), None)
        key = (others, tuple(sorted(named.items()))) if named else others
        if key not in own:
            own[key] = make(owner, *others, **named)
        return own[key]

    return known
