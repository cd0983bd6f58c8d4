"""The digest that a plan file carries of itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest_of(plain: Mapping[str, Any]) -> str:
    """SHA-256 of everything but the digest, whatever the order of keys and the spacing."""
    rest = {key: value for key, value in plain.items() if key != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
