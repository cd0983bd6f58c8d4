"""What is kept with an object is made once for it, and gone with it."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

from advisor.projection.kept import kept_with


@dataclass(frozen=True)
class Owner:
    name: str


class Made:
    pass


@kept_with
def made(owner: Owner, level: int, *, fused: bool = False) -> Made:
    del owner, level, fused
    return Made()


def test_it_is_made_once_for_an_object_and_the_other_arguments() -> None:
    owner = Owner("one")
    assert made(owner, 1) is made(owner, 1)
    assert made(owner, 1) is not made(owner, 2)
    assert made(owner, 1, fused=True) is not made(owner, 1)


def test_objects_are_told_apart_though_they_are_equal() -> None:
    one, other = Owner("same"), Owner("same")
    assert one == other
    assert made(one, 1) is not made(other, 1)


def test_it_is_gone_with_its_object() -> None:
    owner = Owner("short-lived")
    found = weakref.ref(made(owner, 1))
    assert found() is not None
    del owner
    assert found() is None
