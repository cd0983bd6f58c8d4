"""A product of matrices: its sizes and its multiply-adds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """`batch` independent products of (m, k) by (k, n); sizes are None where there is no one such.

    `weight_fraction` is the share of the weights that the call reads: below 1 only for a
    mixture whose tokens are fewer than its experts.
    """

    multiply_adds: int
    m: int | None = None
    n: int | None = None
    k: int | None = None
    batch: int = 1
    weight_fraction: float = 1.0


def sized_product(m: int, n: int, k: int, batch: int = 1, weight_fraction: float = 1.0) -> Product:
    """The product of these sizes."""
    return Product(batch * m * n * k, m, n, k, batch, weight_fraction)


def matrix_product(left: Sequence[int], right: Sequence[int]) -> Product:
    """`torch.matmul` of these shapes, one-dimensional operands and broadcasting included."""
    rows, columns = tuple(left), tuple(right)
    if len(rows) == 1:
        rows = (1, *rows)
    if len(columns) == 1:
        columns = (*columns, 1)
    if len(columns) == 2:
        return sized_product(math.prod(rows[:-1]), columns[-1], rows[-1])
    batch = math.prod(_broadcast(rows[:-2], columns[:-2]))
    return sized_product(rows[-2], columns[-1], rows[-1], batch)


def _broadcast(left: Sequence[int], right: Sequence[int]) -> tuple[int, ...]:
    width = max(len(left), len(right))
    padded = ((1,) * (width - len(each)) + tuple(each) for each in (left, right))
    return tuple(b if a == 1 else a for a, b in zip(*padded, strict=True))
