"""Contractions by an equation or by axes, as the matrix products that they amount to."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence

from advisor.profiling.calls import Call
from advisor.profiling.matrix import Product, matrix_product, sized_product


def einsum(call: Call) -> Product | None:
    """`einsum(equation, operands)`, operands taken in pairs from the left.

    A label that one operand has alone and the result lacks is summed away before the product.
    Sizes are told of two operands only; a single operand has no product.
    """
    equation, operands = call.argument(0), call.argument(1)
    if not isinstance(equation, str) or not operands or None in operands:
        return None
    shapes = [each.shape for each in operands]
    terms, kept = _labels(equation.replace(" ", ""), shapes)
    sizes: dict[str, int] = {}
    for labels, shape in zip(terms, shapes, strict=True):
        for label, size in zip(labels, shape, strict=True):
            sizes[label] = max(size, sizes.get(label, 1))
    products = []
    left = terms[0]
    for index, right in enumerate(terms[1:], 2):
        wanted = set(kept).union(*terms[index:])
        products.append(_pair(set(left), set(right), wanted, sizes))
        left = "".join((set(left) | set(right)) & wanted)
    if len(products) <= 1:
        return products[0] if products else Product(0)
    return Product(sum(each.multiply_adds for each in products))


def tensordot(call: Call) -> Product:
    """`tensordot(left, right, axes of left, axes of right)`."""
    left, right = call.arguments[0].shape, call.arguments[1].shape
    shared = math.prod(left[axis] for axis in call.arguments[2])
    return sized_product(math.prod(left) // shared, math.prod(right) // shared, shared)


def multi_dot(call: Call) -> Product | None:
    """`linalg.multi_dot(matrices)` in the order of the fewest multiply-adds, as PyTorch takes it.

    Vectors may stand first and last. Sizes are told of two matrices only.
    """
    matrices = call.argument(0)
    if not matrices or None in matrices:
        return None
    shapes = [each.shape for each in matrices]
    if len(shapes) == 2:
        return matrix_product(*shapes)
    rows, columns = shapes[0][:-1] or (1,), shapes[-1][1:] or (1,)
    sizes = [*rows, *(shape[0] for shape in shapes[1:]), *columns]
    best = {(start, start + 1): 0 for start in range(len(shapes))}
    for length in range(2, len(shapes) + 1):
        for start in range(len(shapes) - length + 1):
            end = start + length
            best[start, end] = min(
                best[start, cut] + best[cut, end] + sizes[start] * sizes[cut] * sizes[end]
                for cut in range(start + 1, end)
            )
    return Product(best[0, len(shapes)])


def _pair(left: set[str], right: set[str], kept: set[str], sizes: Mapping[str, int]) -> Product:
    def extent(labels: set[str]) -> int:
        return math.prod(sizes[label] for label in labels)

    shared = left & right
    return sized_product(
        extent((left - right) & kept),
        extent((right - left) & kept),
        extent(shared - kept),
        extent(shared & kept),
    )


def _labels(equation: str, shapes: Sequence[Sequence[int]]) -> tuple[list[str], str]:
    """The labels of each operand and of the result, `...` written out."""
    left, arrow, kept = equation.partition("->")
    terms = left.split(",")
    unused = [each for each in string.ascii_letters if each not in equation]
    widths = [
        len(shape) - len(term.replace("...", "")) if "..." in term else 0
        for term, shape in zip(terms, shapes, strict=True)
    ]
    hidden = "".join(unused[: max(widths)])
    written = [
        term.replace("...", hidden[len(hidden) - width :])
        for term, width in zip(terms, widths, strict=True)
    ]
    if arrow:
        return written, kept.replace("...", hidden)
    every = "".join(terms).replace(".", "")
    return written, hidden + "".join(sorted(each for each in set(every) if every.count(each) == 1))
