"""What tells one model from another: its structure, code, weights and inputs as one digest."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
from torch.utils import _pytree as pytree

from advisor.models.loaded import LoadedModel


def fingerprint(model: LoadedModel) -> str:
    """A digest that changes with anything here that a measurement depends on.

    It takes in the layers and their settings, the source files of their classes and of the
    evaluation, the names, shapes and values of parameters and buffers, and the inputs. Random
    weights and those on the meta device count by shape alone: nothing measured depends on their
    values. Data that an evaluation reads from elsewhere is not seen.
    """
    digest = hashlib.sha256(repr(model.module).encode())
    for path in _source_files(model):
        digest.update(path.read_bytes())
    state = model.module.state_dict()
    for name, tensor in sorted(state.items()):
        if isinstance(tensor, torch.Tensor):
            _add(digest, name, tensor, with_values=model.weights == "trained")
    given = (model.inputs, dict(model.keyword_inputs), model.fidelity_inputs)
    for index, leaf in enumerate(pytree.tree_leaves(given)):
        if isinstance(leaf, torch.Tensor):
            _add(digest, str(index), leaf, with_values=model.weights == "trained")
        else:
            digest.update(repr(leaf).encode())
    return digest.hexdigest()


def _add(digest: hashlib._Hash, name: str, tensor: torch.Tensor, *, with_values: bool) -> None:
    digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
    if with_values and not tensor.is_meta and tensor.layout == torch.strided:
        plain = tensor.detach().cpu().contiguous().flatten().view(torch.uint8)
        digest.update(plain.numpy().data)


def _source_files(model: LoadedModel) -> list[Path]:
    """Those that can be found, each once; built-in code and what was typed in has none."""
    return sorted(set(_existing(_sources(model))))


def _sources(model: LoadedModel) -> Iterator[object]:
    yield from {type(module) for module in model.module.modules()}
    if model.evaluation is not None:
        yield model.evaluation.run


def _existing(of: Iterable[object]) -> Iterator[Path]:
    for each in of:
        try:
            path = Path(inspect.getfile(each))  # type: ignore[arg-type]  # TypeError says that it is neither class nor function
        except (TypeError, OSError):
            continue
        if path.is_file():
            yield path
