"""Files of tables, as TOML or JSON gives them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from advisor.errors import CatalogError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_table(path: Path) -> Mapping[str, Any]:
    """Parse a TOML or JSON file to nested tables. Raises CatalogError where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return msgspec.json.decode(text, type=dict[str, Any])
        return tomllib.loads(text)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise CatalogError(f"{path}: {error}") from error
