"""Parameters and buffers of one module, without those below it.

`Module.named_parameters(recurse=False)` walks a generator over modules for them, which takes twice
as long; a profile asks each of a model's ten thousand modules, more than once.
"""

from __future__ import annotations

import torch


def own_parameters(module: torch.nn.Module) -> list[tuple[str, torch.nn.Parameter]]:
    """Those of `module` itself, by their names in it."""
    held = module._parameters  # noqa: SLF001 - what `named_parameters` reads
    return [(name, each) for name, each in held.items() if each is not None] if held else []


def own_tensors(module: torch.nn.Module) -> list[tuple[str, torch.Tensor]]:
    """Parameters and buffers of `module` itself, by their names in it."""
    buffers = module._buffers  # noqa: SLF001 - what `named_buffers` reads
    return [
        *own_parameters(module),
        *((name, each) for name, each in buffers.items() if each is not None),
    ]
