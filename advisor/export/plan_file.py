"""A plan as it was written to a file, read again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from advisor.errors import UsageError
from advisor.export._digest import digest_of
from advisor.export._document import SCHEMA_VERSION, Document


def read_plan(path: Path, *, edited: bool = False) -> Document:
    """The document in `path`; `edited` takes one that was changed after it was written.

    Raises UsageError where it cannot be read, is cut short, comes from another version of the
    schema, was edited, or lacks what a plan holds.
    """
    plain = _parsed(path)
    version = plain.get("schema_version")
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"{path}: schema_version {version!r}; this advisor reads {SCHEMA_VERSION}. Make the "
            f"plan anew{_again(plain)}"
        )
    if not edited and plain.get("digest") != digest_of(plain):
        raise UsageError(
            f"{path}: it was changed after it was written (its digest does not match); "
            f"--edited takes it as it is, or make the plan anew{_again(plain)}"
        )
    try:
        return msgspec.convert(plain, Document)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}: not a whole plan: {error}") from error


def _parsed(path: Path) -> Mapping[str, Any]:
    try:
        plain = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except json.JSONDecodeError as error:
        raise UsageError(
            f"{path}: no JSON, or cut short, at line {error.lineno}, column {error.colno}: "
            f"{error.msg}"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not text: {error.reason} at byte {error.start}") from error
    if not isinstance(plain, dict):
        raise UsageError(f"{path}: no plan: it holds a {type(plain).__name__}, not an object")
    return plain


def _again(plain: Mapping[str, Any]) -> str:
    line = plain.get("command_line")
    return f": {line} --json" if isinstance(line, str) else ""
