"""Operators through PyTorch's own counter, for models that fvcore cannot trace."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any
from unittest import mock

import torch
from torch._higher_order_ops import flex_attention
from torch._subclasses import FakeTensorMode
from torch.nn.attention import flex_attention as flex_module
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from advisor.models.loaded import LoadedModel
from advisor.profiling.calls import Call, TensorFact
from advisor.profiling.check import ModuleStack
from advisor.profiling.invocation import MODEL_ATTRIBUTE
from advisor.profiling.phases import PhasePlan
from advisor.profiling.recorder import Counted, Recorder
from advisor.profiling.replica import fake_replica


def count_with_dispatch(model: LoadedModel, plan: Callable[[LoadedModel], PhasePlan]) -> Counted:
    """Run one phase under FakeTensorMode and return every operator that it dispatches.

    Raises whatever the model raises where its path hangs on values that fake tensors lack.
    """
    # Called from eager code, flex attention would compile itself, which no mode can be around.
    uncompiled = mock.patch.object(flex_module, "_FLEX_ATTENTION_DISABLE_COMPILE_DEBUG", new=True)
    with FakeTensorMode(), torch.no_grad(), uncompiled:
        replica = fake_replica(model)
        phase = plan(replica)
        stack = ModuleStack(phase.invocation)
        counter = FlopCounterMode(display=False, custom_mapping=_missing_formulas())
        reader = _CallReader(phase.invocation, counter, stack)
        with counter, reader:
            phase.invocation(*phase.invocation.tensors)
    return reader.recorder.counted()


class _CallReader(TorchDispatchMode):  # type: ignore[no-untyped-call] # PyTorch's is untyped
    """Sees each call before the counter does, so that the counter's step is the call's count."""

    supports_higher_order_operators = True  # Flex attention is one.

    def __init__(
        self, module: torch.nn.Module, counter: FlopCounterMode, stack: ModuleStack
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # PyTorch's is untyped
        self.recorder = Recorder()
        self._counter = counter
        self._stack = stack
        self._state = {id(each) for each in (*module.parameters(), *module.buffers())}
        self._alive: list[Any] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        before = self._counter.get_total_flops()
        result = (
            _flex_outputs(*args[:3]) if func is flex_attention else func(*args, **(kwargs or {}))
        )
        flops = self._counter.get_total_flops() - before
        # Keys are ids, so no tensor may be freed and its id given to another.
        self._alive.append((args, kwargs, result))
        arguments = [*args, *_remaining(func, len(args), kwargs or {})]
        tensors = [each for each in pytree.tree_leaves(result) if isinstance(each, torch.Tensor)]
        call = Call(
            name=_qualified_name(func),
            module=self._stack.path.removeprefix(MODEL_ATTRIBUTE).removeprefix("."),
            arguments=tuple(self._argument(each) for each in arguments),
            outputs=tuple(self._fact(each) for each in tensors),
            multiply_adds=flops // 2 if flops else None,
        )
        self.recorder.record(call)
        return result

    def _argument(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return self.recorder.known(self._fact(value))
        if isinstance(value, (list, tuple)):
            return [self._argument(each) for each in value]
        return value

    def _fact(self, tensor: torch.Tensor) -> TensorFact:
        return TensorFact.new(
            id(tensor), tensor.shape, tensor.stride(), tensor.dtype, id(tensor) in self._state
        )


def _flex_outputs(query: Any, key: Any, value: Any) -> tuple[torch.Tensor, ...]:
    """What flex attention returns: output, log of the sums, maxima. The counter refuses to run it.

    Its rows count every query with every key, whatever a mask leaves out.
    """
    del key
    sums = query.new_empty(query.shape[:-1], dtype=torch.float32)
    return query.new_empty((*query.shape[:-1], value.shape[-1])), sums, torch.empty_like(sums)


def _qualified_name(func: Any) -> str:
    """`namespace::name`, without the overload."""
    return str(func.name() if hasattr(func, "name") else func).partition(".")[0]


def _remaining(func: Any, given: int, keywords: Mapping[str, Any]) -> list[Any]:
    """Arguments after the positional ones, in the order of the operator's schema if it has one."""
    if not isinstance(func, torch._ops.OpOverload):  # noqa: SLF001 - the type of every operator
        return list(keywords.values())
    schema = func._schema.arguments[given:]  # noqa: SLF001 - OpOverload has no public schema
    return [keywords.get(each.name, each.default_value) for each in schema]


def _missing_formulas() -> dict[Any, Any]:
    """FLOPs of what PyTorch's counter has no formula for, as it wants them: from shapes."""
    aten = torch.ops.aten

    def attention(query: Any, key: Any, value: Any, *_: Any, **__: Any) -> int:
        return int(2 * math.prod(query[:-1]) * key[-2] * (query[-1] + value[-1]))

    def grouped(rows: Any, experts: Any, *_: Any, **__: Any) -> int:
        return int(2 * math.prod(rows) * experts[-1])

    return {
        aten._scaled_dot_product_flash_attention_for_cpu: attention,  # noqa: SLF001 - its name
        aten._grouped_mm: grouped,  # noqa: SLF001 - its name
    }
