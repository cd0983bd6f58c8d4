"""Sizes of a processor's caches, as Linux lists them."""

from __future__ import annotations

from pathlib import Path

import torch

_CACHES = Path("/sys/devices/system/cpu/cpu0/cache")
_LAST_OWN_LEVEL = 2
_UNLISTED_BYTES = 2**20
"""Of a core's own second level where nothing lists it: what servers' cores have."""


def last_cache_mib() -> float | None:
    """Of the largest level; None where nothing lists any."""
    sizes = _bytes_by_level().values()
    return max(sizes) / 2**20 if sizes else None


def near_bytes() -> int:
    """Of the caches that the cores in use have to themselves, all together."""
    own = _bytes_by_level().get(_LAST_OWN_LEVEL, _UNLISTED_BYTES)
    return torch.get_num_threads() * own


def refilled_bytes() -> float:
    """After so many bytes moved by others, no cache holds anything of a program's own."""
    return max((last_cache_mib() or 0.0) * 2**20, near_bytes())


def _bytes_by_level() -> dict[int, int]:
    """The largest cache of each level of the first core."""
    found: dict[int, int] = {}
    for path in _CACHES.glob("index*"):
        size = (path / "size").read_text().strip()
        if size.endswith("K") and size[:-1].isdigit():
            level = int((path / "level").read_text())
            found[level] = max(found.get(level, 0), int(size[:-1]) * 1024)
    return found
