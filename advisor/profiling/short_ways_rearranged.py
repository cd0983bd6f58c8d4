"""What joins, picks, reductions and copies of contiguous tensors return: a contiguous tensor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch._prims_common import suggest_memory_format

from advisor.profiling.without_data import Keywords, ShortWay, WithoutData, alike, overloads


def _joined(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    """As long in one dimension as all together; channels that lie last are left to PyTorch."""
    tensors, dim = args[0], args[1] if len(args) > 1 else keywords.get("dim", 0)
    first = tensors[0]
    shape = list(first.shape)
    if not -len(shape) <= dim < len(shape):
        return NotImplemented
    shape[dim] = 0
    for each in tensors:
        rest = list(each.shape)
        if not alike(kind, first, each) or len(rest) != len(shape):
            return NotImplemented
        if suggest_memory_format(each) is not torch.contiguous_format:
            return NotImplemented
        length, rest[dim] = rest[dim], shape[dim]
        if rest != shape:
            return NotImplemented
        shape[dim] += length
    return kind.dense(shape, None, first.dtype, first)


def _picked(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    """Rows of a tensor by their numbers."""
    first, places = args[0], args[1]
    if len(places) != 1 or not kind.is_plain(places[0]) or places[0].dtype is not torch.int64:
        return NotImplemented
    rows = places[0]
    if kind.device_of(rows) != kind.device_of(first):
        return NotImplemented
    if not first.dim() or not (first.is_contiguous() and rows.is_contiguous()):
        return NotImplemented
    return kind.dense((*rows.shape, *first.shape[1:]), None, first.dtype, first)


def _reduced(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    """One value in the place of all those along some dimensions."""
    first, dims = args[0], args[1] if len(args) > 1 else None
    keeps = args[2] if len(args) > 2 else keywords.get("keepdim", False)
    whole = not first.is_contiguous() or not first.dtype.is_floating_point
    if whole or not dims or keywords.get("dtype") not in (None, first.dtype):
        return NotImplemented
    count = first.dim()
    if not all(-count <= each < count for each in dims):
        return NotImplemented
    gone = {each % count for each in dims}
    sizes = [1 if at in gone else size for at, size in enumerate(first.shape)]
    shape = [size for at, size in enumerate(sizes) if keeps or at not in gone]
    return kind.dense(shape, None, first.dtype, first)


def _probabilities(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    first = args[0]
    other = any(args[2:]) or keywords.get("dtype") not in (None, first.dtype)
    if other or not first.is_contiguous() or not first.dtype.is_floating_point:
        return NotImplemented
    return kind.dense(first.shape, None, first.dtype, first)


def _copied(kind: WithoutData, args: Sequence[Any], keywords: Keywords) -> Any:
    """In order, where that is asked for."""
    first = args[0]
    if keywords.get("memory_format") is not torch.contiguous_format:
        return NotImplemented
    return kind.dense(first.shape, None, first.dtype, first)


WAYS: Mapping[Any, ShortWay] = {
    **dict.fromkeys(overloads("cat.default"), _joined),
    **dict.fromkeys(overloads("index.Tensor"), _picked),
    **dict.fromkeys(overloads("sum.dim_IntList mean.dim"), _reduced),
    **dict.fromkeys(overloads("_softmax.default _safe_softmax.default"), _probabilities),
    **dict.fromkeys(overloads("clone.default"), _copied),
}
