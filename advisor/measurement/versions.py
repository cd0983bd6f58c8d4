"""Versions of the libraries that apply or run a variant. Imports none of them."""

from __future__ import annotations

_LIBRARIES = ("torch", "torchao", "torch-pruning", "transformers", "triton")
"""Another version of one of these may measure otherwise."""


def installed_versions() -> dict[str, str]:
    found = {library: _version(library) for library in _LIBRARIES}
    return {library: version for library, version in found.items() if version is not None}


def _version(library: str) -> str | None:
    import importlib.metadata  # with the parser of e-mails; the screen starts without it

    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None  # not installed, so it took no part
