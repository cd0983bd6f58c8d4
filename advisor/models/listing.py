"""The models that can be named without a file: the built-in examples and the known ones.

Nothing here imports torch, so that a listing appears at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from advisor.catalog.locate import profile_files
from advisor.models.known import read_known


@dataclass(frozen=True)
class ReferenceDescription:
    """One line of `advisor models`."""

    reference: str
    kind: Literal["example", "known"]
    title: str
    parameters: int | None
    """All parameters; None where the profile does not say."""


EXAMPLES = {
    "digits": ReferenceDescription(
        "digits",
        "example",
        "Convolutional net for handwritten digits, with weights, data and accuracy",
        85_162,
    ),
    "tiny-gpt": ReferenceDescription(
        "tiny-gpt",
        "example",
        "Decoder over bytes (Llama architecture), with weights, text and perplexity",
        1_672_896,
    ),
}
"""The built-in examples; each is the module of that name in `advisor.models.examples`."""

REFERENCE_FORMS = (
    "FILE.py:FACTORY",
    "PACKAGE.MODULE:FACTORY",
    "hf:NAME",
    "a folder with config.json",
)
"""How a model is named that is in no list."""


def describe_references() -> tuple[ReferenceDescription, ...]:
    """List the built-in examples, then the known models, each sorted by name.

    Raises CatalogError where a file of known models is malformed.
    """
    known = (read_known(path) for path in profile_files("models").values())
    return (
        *(EXAMPLES[name] for name in sorted(EXAMPLES)),
        *(
            ReferenceDescription(model.id, "known", model.title, model.parameters)
            for model in known
        ),
    )
