"""`FILE.py:FACTORY` and `PACKAGE.MODULE:FACTORY`: a model made by the user's own function."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from advisor.errors import AdvisorError, ModelError, UnknownNameError, UsageError
from advisor.models import given_inputs
from advisor.models.blocks import with_chain
from advisor.models.loaded import LoadedModel

EXPECTED = (
    "a torch.nn.Module, (module, inputs), or an advisor LoadedModel; inputs is a tensor, a tuple "
    "of positional inputs, or a dict of keyword inputs"
)


def load(reference: str, *, with_inputs: bool = True) -> LoadedModel:
    """Import, call, and take what comes back; `with_inputs` where it must bring inputs.

    Raises UsageError where file, module or function is not there or returns something else,
    ModelError where the user's code raises; the message holds the line that did.
    """
    place, _, name = reference.rpartition(":")
    if not place or not name:
        raise UsageError(f"{reference}: must be FILE.py:FACTORY or PACKAGE.MODULE:FACTORY")
    module = _import_file(place) if place.endswith(".py") else _import_module(place)
    made = _call(_find(module, name, place), place, name)
    return accept(reference, made, with_inputs=with_inputs)


def _import_file(place: str) -> ModuleType:
    path = Path(place).expanduser().resolve()
    if not path.is_file():
        raise UsageError(f"{place}: no such file")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{place}: not a Python file")
    _make_importable(path.parent)
    module = importlib.util.module_from_spec(spec)
    # Dataclasses and pickling look a class's module up here; a library of that name stays.
    sys.modules.setdefault(path.stem, module)
    execute = spec.loader.exec_module
    _guarded(lambda: execute(module), f"{place} cannot be imported")
    return module


def _import_module(place: str) -> ModuleType:
    _make_importable(Path.cwd())

    def run() -> ModuleType:
        try:
            return importlib.import_module(place)
        except ModuleNotFoundError as error:
            if error.name and f"{place}.".startswith(f"{error.name}."):
                raise UsageError(
                    f"{place}: no module {error.name!r} in the current folder or on sys.path"
                ) from error
            raise

    module: ModuleType = _guarded(run, f"{place} cannot be imported")
    return module


def _find(module: ModuleType, name: str, place: str) -> Callable[[], Any]:
    found: Callable[[], Any] | None = getattr(module, name, None)
    if callable(found):
        return found
    own = [
        key
        for key, value in vars(module).items()
        if callable(value)
        and not key.startswith("_")
        and getattr(value, "__module__", None) == module.__name__
    ]
    raise UnknownNameError("factory", name, own, place)


def _call(factory: Callable[[], Any], place: str, name: str) -> Any:
    return _guarded(factory, f"{name}() of {place} failed")


def _guarded(action: Callable[[], Any], what: str) -> Any:
    """Run the user's code, which may raise anything and may leave the process."""
    try:
        return action()
    except AdvisorError:
        raise
    except (Exception, SystemExit) as error:
        raise ModelError(f"{what}: {type(error).__name__}: {error} ({_where(error)})") from error


def _where(error: BaseException) -> str:
    """The last line of the user's own file that the error passed through, as `file:line`.

    Their file is the first one entered from here that is not part of the import machinery.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    machinery = (__file__, importlib.__file__)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename not in machinery and not frame.filename.startswith("<frozen")
    ]
    if not frames:
        return "no line of Python code"
    last = [frame for frame in frames if frame.filename == frames[0].filename][-1]
    return f"{last.filename}:{last.lineno} in {last.name}"


def accept(reference: str, made: Any, *, with_inputs: bool = True) -> LoadedModel:
    if isinstance(made, LoadedModel):
        made.module.eval()
        return replace(made, reference=reference)
    if isinstance(made, torch.nn.Module):
        inputs = _own_inputs(reference, made) if with_inputs else {}
        return _with_inputs(reference, made, inputs)
    match made:
        case (torch.nn.Module() as module, inputs):
            return _with_inputs(reference, module, inputs)
    returned = type(made).__name__
    if isinstance(made, tuple):
        returned = f"({', '.join(type(item).__name__ for item in made)})"
    raise UsageError(f"{reference} returned {returned}; it must return {EXPECTED}")


def _with_inputs(reference: str, module: torch.nn.Module, inputs: Any) -> LoadedModel:
    positional: tuple[Any, ...] = ()
    by_keyword: Mapping[str, Any] = {}
    if isinstance(inputs, torch.Tensor):
        positional = (inputs,)
    elif isinstance(inputs, tuple | list):
        positional = tuple(inputs)
    elif isinstance(inputs, Mapping):
        by_keyword = dict(inputs)
    else:
        raise UsageError(
            f"{reference} returned inputs of type {type(inputs).__name__}; it must return "
            f"{EXPECTED}"
        )
    on_meta = any(parameter.is_meta for parameter in module.parameters())
    loaded = LoadedModel(
        reference=reference,
        module=module.eval(),
        inputs=positional,
        keyword_inputs=by_keyword,
        decoder=_decoder(module),
        weights="meta" if on_meta else "trained",
    )
    return with_chain(loaded, follows_config=_is_transformers(module))


def _own_inputs(reference: str, module: torch.nn.Module) -> Mapping[str, Any]:
    """The inputs that a transformers model brings for such a case."""
    if not _is_transformers(module):
        raise UsageError(
            f"{reference} returned a {type(module).__name__} with no inputs, so there is nothing "
            f"to run it on; it must return {EXPECTED}; or state the inputs with --inputs "
            f"{given_inputs.FORM}"
        )
    own: Any = module
    return {name: value.to(own.device) for name, value in own.dummy_inputs.items()}


def _decoder(module: torch.nn.Module) -> Any:
    own: Any = module
    if not _is_transformers(module) or not own.can_generate() or own.config.is_encoder_decoder:
        return None
    from advisor.models.decoder_shape import decoder_shape

    return decoder_shape(own.config)


def _is_transformers(module: torch.nn.Module) -> bool:
    """Asked without importing the library: a model of it can only exist where it is imported."""
    library = sys.modules.get("transformers")
    return library is not None and isinstance(module, library.PreTrainedModel)


def _make_importable(folder: Path) -> None:
    """Let the user's code import what lies beside it, as `python FILE.py` would."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
