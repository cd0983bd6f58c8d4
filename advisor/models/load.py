"""From a reference, as typed by the user, to a model that can be profiled and measured."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

from advisor.catalog.locate import profile_files
from advisor.errors import UnknownNameError, UsageError
from advisor.models import factory, given_inputs, known
from advisor.models.listing import EXAMPLES, REFERENCE_FORMS
from advisor.models.loaded import LoadedModel

_PICKLES = (".pt", ".pth", ".bin", ".pkl", ".pickle", ".ckpt")


def load(
    reference: str,
    *,
    weights: bool = False,
    trust_remote_code: bool = False,
    inputs: Sequence[str] = (),
) -> LoadedModel:
    """Load the model that `reference` names, in eval mode.

    In this order it is a built-in example, the id of a file in `profiles/models`, `hf:NAME`, an
    existing folder, `FILE.py:FACTORY` or `PACKAGE.MODULE:FACTORY`. `weights` reads the safetensors
    of `hf:NAME` or a folder, which else are built without values; the examples always have theirs.
    `trust_remote_code` lets code that comes with such a model run. `inputs`, of the form that
    `given_inputs` states, take the place of the model's own.

    Raises UsageError where the reference names nothing that can be loaded or an input is not of
    that form, ModelError where what it names fails while being built.
    """
    given = [given_inputs.parse(text) for text in inputs]
    loaded = _load(reference, weights, trust_remote_code, with_inputs=not given)
    return given_inputs.with_given(loaded, given) if given else loaded


def _load(
    reference: str, weights: bool, trust_remote_code: bool, *, with_inputs: bool
) -> LoadedModel:
    if reference in EXAMPLES:
        example = importlib.import_module(f"advisor.models.examples.{reference.replace('-', '_')}")
        loaded: LoadedModel = example.load()
        return loaded
    if reference in profile_files("models"):
        return known.load(reference, weights=weights, trust_remote_code=trust_remote_code)
    if reference.startswith("hf:") or Path(reference).expanduser().is_dir():
        from advisor.models import transformers_config

        return transformers_config.load(
            reference, weights=weights, trust_remote_code=trust_remote_code
        )
    if ":" in reference:
        return factory.load(reference, with_inputs=with_inputs)
    raise _not_a_reference(reference)


def _not_a_reference(reference: str) -> UsageError:
    path = Path(reference)
    if path.suffix in _PICKLES:
        return UsageError(
            f"{reference}: a file of weights is not a model, and advisor opens no pickle; give "
            "FILE.py:FACTORY, where the factory builds the module and loads the weights"
        )
    if path.suffix == ".py":
        return UsageError(f"{reference}: name the function too: {reference}:FACTORY")
    if path.exists():
        return UsageError(
            f"{reference}: not a kind of file that advisor loads; choose from "
            + ", ".join(REFERENCE_FORMS)
        )
    choices = (*EXAMPLES, *profile_files("models"), *REFERENCE_FORMS)
    return UnknownNameError("model", reference, choices)
