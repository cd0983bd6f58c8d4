"""The ways of training that change what a step holds, and how each is done to a copy."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch._subclasses.fake_tensor import unset_fake_temporarily
from torch.distributed.algorithms._checkpoint.checkpoint_wrapper import (
    apply_activation_checkpointing,
)

from advisor.errors import StrategyError

OptimizerName = Literal["sgd", "sgd-momentum", "adam", "adamw", "adamw-8bit"]
Precision = Literal["native", "fp32", "amp-bf16", "bf16"]


@dataclass(frozen=True)
class TrainingSetting:
    """How a model is trained, as far as memory depends on it.

    `native` trains in the types the weights have; `amp-bf16` keeps them and runs the forward pass
    under autocast. `frozen` are shell patterns of parameter names. `attention` is a name that
    transformers knows (`eager`, `sdpa`); None leaves the model's own.
    """

    optimizer: OptimizerName = "adamw"
    precision: Precision = "native"
    checkpointing: bool = False
    frozen: tuple[str, ...] = ()
    attention: str | None = None


DEFAULT_SETTING = TrainingSetting()
_LISTS = (torch.nn.ModuleList, torch.nn.Sequential)


def _adamw_8bit(parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
    from torchao.optim import AdamW8bit
    from torchao.optim.subclass_8bit import get_qmap_signed, get_qmap_unsigned

    # Its quantization maps are worked out from values once, then kept.
    with unset_fake_temporarily():
        get_qmap_signed()
        get_qmap_unsigned()
    optimizer: torch.optim.Optimizer = AdamW8bit(list(parameters))
    return optimizer


_OPTIMIZERS: Mapping[
    OptimizerName, Callable[[Iterable[torch.nn.Parameter]], torch.optim.Optimizer]
] = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=1e-3),
    "sgd-momentum": lambda parameters: torch.optim.SGD(parameters, lr=1e-3, momentum=0.9),
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "adamw-8bit": _adamw_8bit,
}


def optimizer_for(module: torch.nn.Module, setting: TrainingSetting) -> torch.optim.Optimizer:
    """The optimizer over the parameters of `module` that take a gradient.

    Raises ValueError where none does.
    """
    trainable = [each for each in module.parameters() if each.requires_grad]
    if not trainable:
        raise ValueError("no parameter of the model takes a gradient")
    return _OPTIMIZERS[setting.optimizer](trainable)


def autocast_for(setting: TrainingSetting, device_type: str) -> AbstractContextManager[Any]:
    if setting.precision == "amp-bf16":
        return torch.autocast(device_type, torch.bfloat16)
    return nullcontext()


def input_dtype(setting: TrainingSetting) -> torch.dtype | None:
    """What floating-point weights and inputs are cast to; None where they stay as they are."""
    return {"fp32": torch.float32, "bf16": torch.bfloat16}.get(setting.precision)


def prepare(module: torch.nn.Module, setting: TrainingSetting, chain: str | None) -> None:
    """Change `module`, a copy, in place to what `setting` says; `chain` is the path of its blocks.

    Raises StrategyError where the model has no such attention, or nothing to checkpoint.
    """
    dtype = input_dtype(setting)
    if dtype is not None:
        _cast(module, dtype)
    if setting.attention is not None:
        _set_attention(module, setting.attention)
    for name, parameter in module.named_parameters():
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in setting.frozen):
            parameter.requires_grad_(False)
    if setting.checkpointing:
        checkpoint_blocks(module, chain)


def _cast(module: torch.nn.Module, dtype: torch.dtype) -> None:
    """As `module.to(dtype)`, which cannot exchange tensors without values; ties are kept."""
    made: dict[int, torch.Tensor] = {}
    for each in module.modules():
        own = (
            *each.named_parameters(recurse=False, remove_duplicate=False),
            *each.named_buffers(recurse=False, remove_duplicate=False),
        )
        for name, tensor in own:
            if not tensor.is_floating_point():
                continue
            if id(tensor) not in made:
                new = tensor.detach().to(dtype)
                is_parameter = isinstance(tensor, torch.nn.Parameter)
                made[id(tensor)] = (
                    torch.nn.Parameter(new, tensor.requires_grad) if is_parameter else new
                )
            setattr(each, name, made[id(tensor)])


def _set_attention(module: Any, implementation: str) -> None:
    if not hasattr(module, "set_attn_implementation"):
        raise StrategyError(
            f"attention {implementation!r}: {type(module).__name__} is not a transformers model, "
            "so its attention cannot be chosen"
        )
    module.set_attn_implementation(implementation)


def checkpoint_blocks(module: Any, chain: str | None) -> None:
    """Recompute each repeated block; the library's own way where the model brings one."""
    if getattr(module, "supports_gradient_checkpointing", False):
        # The older of the two names goes with transformers 6.
        newer = getattr(module, "activation_checkpointing_enable", None)
        (newer or module.gradient_checkpointing_enable)({"use_reentrant": False})
        return
    lists = [each for each in module.modules() if isinstance(each, _LISTS)]
    if chain is not None:
        lists = [module.get_submodule(chain)]
    repeated = {
        block for each in lists for block in each if next(block.children(), None) is not None
    }
    if not repeated:
        raise StrategyError(
            f"activation checkpointing: {type(module).__name__} holds no list of blocks"
        )
    apply_activation_checkpointing(module, check_fn=lambda each: each in repeated)
