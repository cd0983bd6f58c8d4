"""The model inside what compiles or distributes it; refusals of what hides operators or weights."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import torch
from torch.nn.parallel import DataParallel, DistributedDataParallel
from torch.nn.parameter import is_lazy
from torch.utils._python_dispatch import is_traceable_wrapper_subclass

from advisor.errors import ModelError
from advisor.models.loaded import LoadedModel
from advisor.models.own_tensors import own_tensors

_QUANTIZED = ("torch.ao.nn.quantized", "torch.ao.nn.intrinsic.quantized", "torch.nn.quantized")
_DENSE = (torch.nn.Parameter, torch.Tensor)


def unwrapped(model: LoadedModel) -> LoadedModel:
    """`model` with the module that `torch.compile`, DataParallel or DDP was put around.

    Raises ModelError where FSDP has split the weights, so that no process holds the model, where
    TorchScript or quantized modules cannot be followed, and where weights are lazy or sparse.
    """
    module = _inside(model.module)
    seen: set[type] = set()
    for path, each in module.named_modules():
        of_its_kind = None if type(each) in seen else _refusal(each)
        seen.add(type(each))
        reason = of_its_kind or _weights_refusal(each)
        if reason is not None:
            where = f"its module {path!r}" if path else "the model"
            raise ModelError(f"{model.reference}: {where} {reason}")
    return model if module is model.module else replace(model, module=module)


def _inside(module: torch.nn.Module) -> torch.nn.Module:
    while (inner := _wrapped(module)) is not None:
        module = inner
    return module


def _wrapped(module: torch.nn.Module) -> torch.nn.Module | None:
    if isinstance(module, (DataParallel, DistributedDataParallel)):
        inner: torch.nn.Module = module.module
        return inner
    compiled = getattr(module, "_orig_mod", None)
    return compiled if isinstance(compiled, torch.nn.Module) else None


def _refusal(module: torch.nn.Module) -> str | None:
    """Why modules of this type cannot be profiled."""
    if isinstance(module, torch.jit.ScriptModule):
        return "is TorchScript, which cannot be copied and followed; give the module it was made of"
    # An instance can only exist where the package is imported; importing it takes long.
    fsdp: Any = sys.modules.get("torch.distributed.fsdp")
    if fsdp and isinstance(module, (fsdp.FullyShardedDataParallel, fsdp.FSDPModule)):
        return "is split by FSDP; profile the model before it is wrapped, and switch fsdp on there"
    if type(module).__module__.startswith(_QUANTIZED):
        return (
            f"({type(module).__name__}) is quantized, which hides its products; give the model in "
            "floating point and switch int8 on there"
        )
    return None


def _weights_refusal(module: torch.nn.Module) -> str | None:
    for name, tensor in own_tensors(module):
        if type(tensor) in _DENSE and tensor.layout is torch.strided:
            continue
        if is_lazy(tensor):
            return (
                f"has a lazy {name!r} of no shape yet; run the module once in the factory that "
                "returns it"
            )
        if is_traceable_wrapper_subclass(tensor):
            return (
                f"holds {name!r} as {type(tensor).__name__}, which hides its products; give the "
                "model in plain tensors and switch on there what made it so"
            )
        if tensor.layout != torch.strided:
            return (
                f"holds {name!r} as {str(tensor.layout).removeprefix('torch.')}, whose work hangs "
                "on its values; give the dense model"
            )
    return None
