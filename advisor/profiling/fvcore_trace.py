"""Operators through fvcore: one trace, whose handles both count and describe each call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import torch
from fvcore.nn import FlopCountAnalysis
from fvcore.nn.jit_handles import (
    addmm_flop_jit,
    bmm_flop_jit,
    conv_flop_jit,
    linear_flop_jit,
)
from torch.jit import _trace

from advisor.profiling.calls import Call, TensorFact
from advisor.profiling.fake_tensors import MetaTensors
from advisor.profiling.invocation import MODEL_ATTRIBUTE, Invocation
from advisor.profiling.kept_results import unused_results_kept
from advisor.profiling.kinds import registered_operators
from advisor.profiling.recorder import Counted, Recorder
from advisor.profiling.shape_checks import shape_checks_under_tracing
from advisor.profiling.traced_convolutions import convolutions_under_tracing

_FVCORE_COUNTS: dict[str, Callable[[list[Any], list[Any]], Any]] = {
    "aten::linear": linear_flop_jit,
    "aten::addmm": addmm_flop_jit,
    "aten::bmm": bmm_flop_jit,
    "aten::_convolution": conv_flop_jit,
}
"""fvcore's own counts. Its `matmul` refuses vectors and its `einsum` allocates the operands, so
those two are counted from the shapes with what fvcore lacks."""
_PYTHON_OPERATOR = "prim::PythonOp"
_NAMING = "_create_interpreter_name_lookup_fn"


def count_with_fvcore(invocation: Invocation) -> Counted:
    """Trace `invocation` once and return every operator of its graph.

    Raises whatever the model raises under `torch.jit` tracing; the module may be left with
    hooks then, so give this a copy.
    """
    reader = _GraphReader(inputs=len(invocation.tensors))
    analysis = FlopCountAnalysis(invocation, invocation.tensors)
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    analysis.tracer_warnings("none")
    analysis.set_op_handle(
        **dict.fromkeys((*registered_operators(), "prim::ListUnpack"), reader.handle)
    )
    with _tracing(invocation):
        analysis.total()
    without_handle = Counter(analysis.unsupported_ops())
    if opaque := sorted(name for name in without_handle if name.startswith(_PYTHON_OPERATOR)):
        raise OpaqueOperatorError(f"the trace does not show what is inside {', '.join(opaque)}")
    counted = reader.recorder.counted()
    return Counted(counted.operators, counted.uncounted + without_handle)


@contextmanager
def _tracing(invocation: Invocation) -> Iterator[None]:
    """Whatever lets `invocation` be traced, whole and quickly."""
    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        stack.enter_context(shape_checks_under_tracing())
        stack.enter_context(convolutions_under_tracing())
        stack.enter_context(unused_results_kept(invocation))
        if any(tensor.is_meta for tensor in invocation.tensors):
            stack.enter_context(MetaTensors())
        if hasattr(_trace, _NAMING):
            # Else each result is looked for among the variables of the code that made it.
            stack.enter_context(mock.patch.object(_trace, _NAMING, return_value=lambda _: ""))
        yield


class OpaqueOperatorError(ValueError):
    """A trace shows an operator of Python's, such as a custom autograd function, as one node."""


class _GraphReader:
    """Turns nodes of a traced graph into calls; fvcore hands them over in order."""

    def __init__(self, inputs: int) -> None:
        self.recorder = Recorder()
        self._inputs = inputs
        self._weights: frozenset[str] | None = None
        self._lists: dict[str, tuple[TensorFact, ...]] = {}

    def handle(self, inputs: list[Any], outputs: list[Any]) -> int:
        """The multiply-adds of one node, after its call has been recorded."""
        if not outputs:
            return 0
        node = outputs[0].node()
        arguments = tuple(self._argument(value) for value in inputs)
        facts = tuple(self._fact(value) for value in outputs if value.isCompleteTensor())
        call = Call(
            name=node.kind(),
            module=module_path(node.scopeName()),
            arguments=arguments,
            outputs=facts,
            multiply_adds=_fvcore_count(node.kind(), inputs, outputs),
        )
        for value in outputs:
            if not value.isCompleteTensor():
                self._lists[value.debugName()] = tuple(call.tensors())
        return self.recorder.record(call) if facts else 0

    def _argument(self, value: Any) -> Any:
        if value.isCompleteTensor():
            return self.recorder.known(self._fact(value))
        node = value.node()
        if node.kind() == "prim::Constant":
            return value.toIValue()
        if node.kind() in ("prim::ListConstruct", "prim::TupleConstruct"):
            return [self._argument(each) for each in node.inputs()]
        return self._lists.get(value.debugName())

    def _fact(self, value: Any) -> TensorFact:
        traced = value.type()
        return TensorFact.new(
            key=value.debugName(),
            shape=traced.sizes(),
            strides=traced.strides(),
            dtype=traced.dtype(),
            weight=self._is_weight(value),
        )

    def _is_weight(self, value: Any) -> bool:
        """Whether `value` is one of the graph's inputs that the tracer made of the state."""
        node = value.node()
        if node.kind() != "prim::Param":
            return False
        if self._weights is None:
            names = [each.debugName() for each in node.outputs()]
            self._weights = frozenset(names[self._inputs :])
        return value.debugName() in self._weights


def _fvcore_count(kind: str, inputs: Sequence[Any], outputs: Sequence[Any]) -> int | None:
    if kind not in _FVCORE_COUNTS:
        return None
    count = _FVCORE_COUNTS[kind](list(inputs), list(outputs))
    return int(sum(count.values()) if isinstance(count, Counter) else count)


def module_path(scope: str) -> str:
    """The module's path from fvcore's scope, the invocation around the model taken off."""
    innermost = scope.rpartition("/")[2]
    return innermost.removeprefix(MODEL_ATTRIBUTE).removeprefix(".")
