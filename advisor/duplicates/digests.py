"""Digests of 128 bits: what is equal has equal ones, and no two others do in practice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import partial
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

DIGEST_BYTES = 16
_BLOCK_BYTES = 1 << 20
digest = partial(hashlib.blake2b, digest_size=DIGEST_BYTES)


def digests(values: Iterable[bytes]) -> npt.NDArray[np.uint64]:
    """One row of shape (2,) a value."""
    joined = b"".join([digest(value).digest() for value in values])
    return np.frombuffer(joined, np.uint64).reshape(-1, 2)


def file_digest(stream: BinaryIO) -> bytes:
    found = digest()
    while block := stream.read(_BLOCK_BYTES):
        found.update(block)
    return found.digest()


def short_digest(value: str) -> int:
    """64 bits, never 0: that stands for a missing value."""
    found = hashlib.blake2b(value.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found, "little") or 1
