"""Where profile files lie: shipped with the package, and added by the user."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import platformdirs

from advisor.errors import CatalogError

ProfileKind = Literal["hardware", "pricing", "organizations", "workloads", "models", "engines"]

_PACKAGE = Path(__file__).resolve().parents[1]
PROFILE_SUFFIXES = (".toml", ".json")


def built_in_folder() -> Path:
    """The shipped profiles: inside the wheel, or beside the package in a checkout."""
    packaged = _PACKAGE / "_profiles"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "profiles"


def user_folder() -> Path:
    """The user's own profiles, `$XDG_CONFIG_HOME/advisor/profiles` on Linux; may not exist."""
    return platformdirs.user_config_path("advisor") / "profiles"


def own_figures_path() -> Path:
    """The user's own prices, discounts and hardware, beside their profiles; may not exist."""
    return platformdirs.user_config_path("advisor") / "overrides.toml"


def profile_files(kind: ProfileKind) -> Mapping[str, Path]:
    """Return `{stem: path}` of all profiles of `kind`, sorted; a user's file wins over ours.

    Raises CatalogError where one folder holds two files of the same stem.
    """
    shipped = _files_of(built_in_folder() / kind)
    merged = {**shipped, **_files_of(user_folder() / kind)}
    return {stem: merged[stem] for stem in sorted(merged)}


def _files_of(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        return {}
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix not in PROFILE_SUFFIXES or path.name.startswith("."):
            continue
        if path.stem in found:
            raise CatalogError(f"{path}: {found[path.stem].name} has the same name; keep one")
        found[path.stem] = path
    return found
