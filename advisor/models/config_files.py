"""Finding and reading the `config.json` of a model, with no network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.errors import UsageError

CONFIG_NAME = "config.json"


@dataclass(frozen=True)
class ConfigFacts:
    """What a `config.json` holds, and the file that a message about it names."""

    facts: Mapping[str, Any]
    origin: str
    folder: Path | None = None
    """Where weights and code of the model would lie; None where there is no such folder."""


def read_config_folder(folder: Path) -> ConfigFacts:
    """Read `config.json` of a folder.

    Raises UsageError where there is none, or it is not the configuration of a model.
    """
    path = folder / CONFIG_NAME
    if not path.is_file():
        raise UsageError(f"{folder}: this folder has no {CONFIG_NAME}, so it holds no model")
    try:
        facts = json.loads(path.read_bytes())
    except ValueError as error:
        raise UsageError(f"{path}: not valid JSON: {error}") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    check_facts(facts, str(path))
    return ConfigFacts(facts, str(path), folder)


def check_facts(facts: object, origin: str) -> None:
    """Refuse what is not the configuration of a model; `origin` is the file that it is from."""
    if not isinstance(facts, dict):
        raise UsageError(f"{origin}: must hold a JSON object, not a {type(facts).__name__}")
    model_type = facts.get("model_type")
    if model_type is None:
        raise UsageError(f"{origin}: has no 'model_type', so it is not the config of a model")
    if not isinstance(model_type, str):
        raise UsageError(f"{origin}: 'model_type' must be a text, not {model_type!r}")


def find_cached_folder(name: str) -> Path:
    """Return the folder of `name` in the local Hugging Face cache.

    Raises UsageError where the name is not one, or the cache does not hold its `config.json`.
    """
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        cached = try_to_load_from_cache(name, CONFIG_NAME)
    except HFValidationError as error:
        raise UsageError(f"hf:{name}: neither a folder nor the name of a model: {error}") from error
    if not isinstance(cached, str):
        raise UsageError(
            f"hf:{name}: not a folder, and not in the local Hugging Face cache; advisor does not "
            f"download. Fetch it with `hf download {name} config.json`, or give a folder that has "
            f"a {CONFIG_NAME}"
        )
    return Path(cached).parent
