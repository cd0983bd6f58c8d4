"""Low-rank adapters on a module, with peft, and the frozen weights beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.errors import StrategyError
from advisor.models.loaded import LoadedModel

if TYPE_CHECKING:
    import torch

NF4_BLOCK, MOST_SCALES_A_BLOCK = 64, 256


def with_adapters(model: LoadedModel, rank: int) -> LoadedModel:
    """Put adapters of `rank` on every linear layer but the last; only they are trained.

    They have the type of the weights beside them. The module is changed in place. Raises
    StrategyError where there is no such layer.
    """
    from peft import LoraConfig, inject_adapter_in_model

    targets = _linear_layers(model.module)
    if not targets:
        raise StrategyError(f"{model.reference}: no linear layer but the last to put adapters on")
    config = LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=targets)
    for parameter in model.module.parameters():
        parameter.requires_grad_(False)
    dtype = next(model.module.parameters()).dtype
    inject_adapter_in_model(config, model.module)
    for name, parameter in model.module.named_parameters():
        is_adapter = "lora_" in name
        parameter.requires_grad_(is_adapter)
        if is_adapter:
            parameter.data = parameter.data.to(dtype)
    return model


def _linear_layers(module: torch.nn.Module) -> list[str]:
    """Paths of the linear layers, without the one that makes the outputs."""
    import torch

    found = [path for path, each in module.named_modules() if isinstance(each, torch.nn.Linear)]
    blocks = [
        path for path, each in module.named_modules() if isinstance(each, torch.nn.ModuleList)
    ]
    if found and not any(found[-1].startswith(f"{path}.") for path in blocks):
        found = found[:-1]
    return found


def hold_in_nf4(module: torch.nn.Module) -> None:
    """Hold the frozen weight beside each adapter in 4 bits; StrategyError where none can be."""
    import torch
    from peft.tuners.lora import Linear
    from torchao.quantization import NF4Tensor

    held = 0
    for each in module.modules():
        if not isinstance(each, Linear):
            continue
        layer = each.get_base_layer()
        scales = _scales_a_block(layer.weight.numel())
        if scales is None:
            continue
        weight = NF4Tensor.from_tensor(layer.weight.detach(), NF4_BLOCK, scales)
        layer.weight = torch.nn.Parameter(weight, requires_grad=False)
        held += 1
    if not held:
        raise StrategyError(f"no linear layer has a multiple of {NF4_BLOCK} weights to hold in NF4")


def _scales_a_block(weights: int) -> int | None:
    """How many scales share one of their own: a power of two that divides them, at most 256."""
    blocks, rest = divmod(weights, NF4_BLOCK)
    if rest or not blocks:
        return None
    return min(blocks & -blocks, MOST_SCALES_A_BLOCK)
