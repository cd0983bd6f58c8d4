"""Well-known models whose architecture facts ship with the package, so they audit offline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from advisor.catalog.load import load_file
from advisor.catalog.locate import profile_files
from advisor.errors import UnknownNameError
from advisor.models.config_files import ConfigFacts, check_facts

if TYPE_CHECKING:
    from advisor.models.loaded import LoadedModel


@dataclass(frozen=True)
class KnownModel:
    """One file of `profiles/models`: the facts of a `config.json`, and where they were read."""

    id: str
    title: str
    source: str
    as_of: str
    config: Mapping[str, Any]
    parameters: Annotated[int, Meta(gt=0)] | None = None
    """All parameters, where the source or a build of the model tells."""


def read_known(path: Path) -> KnownModel:
    """Read one file of `profiles/models`; its id is the name of the file.

    Raises CatalogError naming the file and the key where it does not hold what it must.
    """
    return load_file(path, KnownModel)


def load(model_id: str, *, weights: bool, trust_remote_code: bool) -> LoadedModel:
    """Build a known model on the meta device.

    Raises UsageError where weights are asked for, since none ship, or where the id is unknown.
    """
    from advisor.models.transformers_config import from_facts

    files = profile_files("models")
    if model_id not in files:
        raise UnknownNameError("model", model_id, files)
    path = files[model_id]
    config = read_known(path).config
    check_facts(config, f"{path}: config")
    source = ConfigFacts(config, f"{path}: config")
    return from_facts(model_id, source, weights=weights, trust_remote_code=trust_remote_code)
