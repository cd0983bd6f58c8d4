"""Collects the calls of one phase in the order of execution, and what flows into what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, replace

from advisor.profiling.calls import Call, TensorFact
from advisor.profiling.kinds import WorkKind
from advisor.profiling.products import product_of
from advisor.profiling.profile import Operator
from advisor.profiling.pruning import ACTIVATION_EXPONENT, Step, pruning_exponents
from advisor.profiling.rows import is_shape_arithmetic, kind_of, operator_row


@dataclass(frozen=True)
class Counted:
    """The operators of one phase, and the calls of each, by name, that has no count."""

    operators: tuple[Operator, ...]
    uncounted: Counter[str]


class Recorder:
    """Knows each tensor by its key, so that a view leads back to what it shows."""

    def __init__(self) -> None:
        self._facts: dict[Hashable, TensorFact] = {}
        self._operators: list[Operator] = []
        self._steps: list[Step] = []
        self._uncounted: Counter[str] = Counter()

    def known(self, fact: TensorFact) -> TensorFact:
        """What earlier calls told of this tensor, or `fact` itself where it is new."""
        return self._facts.setdefault(fact.key, fact)

    def record(self, call: Call) -> int:
        """Take note of `call`; returns its multiply-adds, 0 where it has none."""
        kind = kind_of(call)
        product = product_of(call)
        self._remember_outputs(call, kind)
        row = None
        if kind != "view" and not all(map(is_shape_arithmetic, call.outputs)):
            row = len(self._operators)
            self._operators.append(operator_row(call, kind, product))
            if self._operators[row].other_flops is None:
                self._uncounted[self._operators[row].name] += 1
        self._steps.append(Step.of(call, kind, product, row))
        return self._operators[row].multiply_adds if row is not None else 0

    def counted(self) -> Counted:
        """The rows in order, each with its pruning exponent."""
        exponents = pruning_exponents(self._steps)
        rows = (
            replace(row, pruning_exponent=exponents.get(index, ACTIVATION_EXPONENT))
            for index, row in enumerate(self._operators)
        )
        return Counted(tuple(rows), self._uncounted)

    def _remember_outputs(self, call: Call, kind: WorkKind) -> None:
        sources = [each for each in call.tensors() if not is_shape_arithmetic(each)]
        for output in call.outputs:
            fact = output
            if kind == "view":
                fact = output.viewing(sources)
            elif kind == "copy" and sources and all(each.weight for each in sources):
                fact = replace(output, weight=True)
            self._facts[output.key] = fact
