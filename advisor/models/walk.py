"""The modules of a model and their tensors, walked through quickly.

`Module.named_modules` resumes a generator for each level above a module, and a profile goes through
models of ten thousand modules more than once.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch


def walk(module: torch.nn.Module) -> Iterator[tuple[str, torch.nn.Module]]:
    """What `module.named_modules()` gives: each module once, parents before children."""
    seen: set[torch.nn.Module] = set()
    left = [("", module)]
    while left:
        path, each = left.pop()
        if each in seen:
            continue
        seen.add(each)
        yield path, each
        children = own_modules(each)
        if children:
            prefix = f"{path}." if path else ""
            left += [(prefix + name, child) for name, child in reversed(children)]


def own_modules(module: torch.nn.Module) -> list[tuple[str, torch.nn.Module]]:
    """Those right below `module`, by their names in it."""
    held = module._modules  # noqa: SLF001 - `named_children` is a generator over a set
    return [(name, each) for name, each in held.items() if each is not None] if held else []


def own_parameters(module: torch.nn.Module) -> list[tuple[str, torch.nn.Parameter]]:
    """Those of `module` itself, by their names in it."""
    held = module._parameters  # noqa: SLF001 - `named_parameters` walks through modules
    return [(name, each) for name, each in held.items() if each is not None] if held else []


def own_tensors(module: torch.nn.Module) -> list[tuple[str, torch.Tensor]]:
    """Parameters and buffers of `module` itself, by their names in it."""
    held: list[tuple[str, torch.Tensor]] = [*own_parameters(module)]
    buffers = module._buffers  # noqa: SLF001 - as above
    return held + [(name, each) for name, each in buffers.items() if each is not None]
