"""Whether the model runs on its inputs, told before anything is traced."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch.utils import _pytree as pytree

from advisor.errors import ModelError
from advisor.models.loaded import LoadedModel
from advisor.profiling.fake_tensors import MetaTensors
from advisor.profiling.invocation import token_input


class ModuleStack:
    """The path of the module that is running; attach it to a copy, never to the user's model."""

    def __init__(self, root: torch.nn.Module) -> None:
        self._running: list[tuple[str, torch.nn.Module, Any]] = []
        for path, module in root.named_modules():
            module.register_forward_pre_hook(self._entering(path), with_kwargs=True)
            module.register_forward_hook(self._leaving)

    @property
    def path(self) -> str:
        """The innermost running module, or the last one entered before a failure."""
        return self._running[-1][0] if self._running else ""

    @property
    def innermost(self) -> tuple[str, torch.nn.Module, Any] | None:
        """Path, module and inputs of the innermost running module."""
        return self._running[-1] if self._running else None

    def _entering(self, path: str) -> Any:
        def enter(module: torch.nn.Module, inputs: Any, keyword_inputs: Any) -> None:
            self._running.append((path, module, (inputs, keyword_inputs)))

        return enter

    def _leaving(self, module: torch.nn.Module, inputs: Any, output: Any) -> None:
        self._running.pop()


def run_once(model: LoadedModel) -> None:
    """Run one forward pass of `model`, a replica.

    Raises ModelError that names the deepest module that failed, its type, the shapes of its
    inputs, and what PyTorch said.
    """
    stack = ModuleStack(model.module)
    try:
        with torch.no_grad(), MetaTensors():
            model.module(*model.inputs, **model.keyword_inputs)
    # The model is the user's code and may raise anything.
    except (Exception, SystemExit) as error:
        raise ModelError(_failure(model, stack, error)) from error


def _failure(model: LoadedModel, stack: ModuleStack, error: BaseException) -> str:
    where = stack.innermost
    said = f"{type(error).__name__}: {error}\n{_what_to_pass(model)}"
    if where is None:
        shapes = describe_shapes((model.inputs, dict(model.keyword_inputs)))
        return f"{model.reference}: the forward pass failed on inputs {shapes}: {said}"
    path, module, inputs = where
    name = f"module {path!r}" if path else "the model itself"
    return (
        f"{model.reference}: the forward pass failed in {name} ({type(module).__name__}) "
        f"on inputs {describe_shapes(inputs)}: {said}"
    )


def _what_to_pass(model: LoadedModel) -> str:
    """What the model takes, what it was given, and how to give it something else."""
    takes = inspect.signature(model.module.forward).parameters.values()
    names = ", ".join(str(each.replace(annotation=each.empty)) for each in takes)
    given = [describe_shapes(each) for each in model.inputs]
    given += [f"{name}={describe_shapes(each)}" for name, each in model.keyword_inputs.items()]
    has_tokens = token_input(model.inputs, model.keyword_inputs) is not None
    sizes = "--batch N or --sequence N" if has_tokens else "--batch N"
    return (
        f"it takes ({names}) and was given ({', '.join(given)}); pass {sizes} for another size of "
        "these inputs, --inputs [NAME=]SHAPE:DTYPE once for each of other ones, or a factory, "
        "FILE.py:FACTORY, that returns (module, inputs)"
    )


def describe_shapes(inputs: Any) -> str:
    """The shape and type of every tensor in `inputs`: `(8, 64) float32, (8,) int64`."""
    tensors = (each for each in pytree.tree_leaves(inputs) if isinstance(each, torch.Tensor))
    shown = (f"{tuple(each.shape)} {str(each.dtype).removeprefix('torch.')}" for each in tensors)
    return ", ".join(shown) or "none"
