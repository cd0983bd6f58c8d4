"""Signatures of pictures: the perceptual hash of the ImageHash library."""

from __future__ import annotations

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

HASH_SIDE = 8
"""64 bits. Finer hashes look at details that a smooth picture does not have but for its noise."""


def signature(image: Image.Image) -> npt.NDArray[np.uint16]:
    """8 numbers of 8 bits each, shape (8,)."""
    bits = imagehash.phash(image.convert("RGB"), hash_size=HASH_SIDE).hash
    return np.packbits(bits).astype(np.uint16)
