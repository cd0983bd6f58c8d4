"""What calls over lists of tensors return, which an optimizer makes on all its tensors at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from advisor.profiling.without_data import Keywords, ShortWay, WithoutData, alike, overloads


def _each_in_place(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    """Nothing: the first list's tensors are changed, each by those in its place of the others."""
    lists = [each for each in args if _holds_tensors(each)]
    if len({len(each) for each in lists}) != 1:
        return NotImplemented
    for first, *others in zip(*lists, strict=True):
        for each in (first, *others):
            if not alike(kind, first, each) or each.shape != first.shape:
                return NotImplemented
    return None


def _each(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    """One for each of the list, which lies as it does."""
    if len(args) > 1 or not all(alike(kind, each, each) for each in args[0]):
        return NotImplemented
    if not all(each.is_contiguous() for each in args[0]):
        return NotImplemented
    return [kind.dense(each.shape, None, each.dtype, each) for each in args[0]]


def _holds_tensors(value: object) -> bool:
    return isinstance(value, (list, tuple)) and any(isinstance(e, torch.Tensor) for e in value)


WAYS: Mapping[Any, ShortWay] = {
    **dict.fromkeys(
        overloads(
            "_foreach_add_.Scalar _foreach_mul_.Scalar _foreach_div_.ScalarList"
            " _foreach_lerp_.Scalar _foreach_addcmul_.Scalar _foreach_addcdiv_.ScalarList"
        ),
        _each_in_place,
    ),
    **dict.fromkeys(overloads("_foreach_sqrt.default"), _each),
}
