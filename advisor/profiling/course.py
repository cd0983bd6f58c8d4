"""Which module is at work, in the forward pass and in the backward pass."""

from __future__ import annotations

from typing import Any

import torch

from advisor.profiling.invocation import MODEL_ATTRIBUTE, output_tensors


class ModuleCourse:
    """Follows a copy of a model by hooks of its own; attach it to a copy, never to the user's.

    In the backward pass a module is at work from where the gradient of its output arrives until
    that of another module's does; modules with children hand that to their children.
    """

    def __init__(self, root: torch.nn.Module) -> None:
        self._running: list[str] = []
        self._backward = ""
        for path, module in root.named_modules():
            own = path.removeprefix(MODEL_ATTRIBUTE).removeprefix(".")
            module.register_forward_pre_hook(self._entering(own))
            # A checkpointed block ends its second forward pass by an exception.
            module.register_forward_hook(
                self._leaving(own, next(module.children(), None) is None), always_call=True
            )

    @property
    def module(self) -> str:
        return self._running[-1] if self._running else self._backward

    @property
    def in_forward(self) -> bool:
        """Whether some module's forward runs: for the first time, or recomputed."""
        return bool(self._running)

    def rest(self, place: str) -> None:
        """No module is at work from here on, but what `place` stands for."""
        self._backward = place

    def _entering(self, path: str) -> Any:
        def enter(module: torch.nn.Module, inputs: Any) -> None:
            self._running.append(path)

        return enter

    def _leaving(self, path: str, is_leaf: bool) -> Any:
        def arrive(gradients: Any) -> None:
            self._backward = path

        def leave(module: torch.nn.Module, inputs: Any, output: Any) -> None:
            self._running.pop()
            if is_leaf:
                for each in output_tensors(output):
                    if each.grad_fn is not None:
                        each.grad_fn.register_prehook(arrive)

        return leave
