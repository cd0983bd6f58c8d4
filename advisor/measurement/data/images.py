"""Images: equal files by digest, alike ones by the perceptual hash of the ImageHash library."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from advisor.duplicates.digests import file_digest
from advisor.duplicates.pictures import signature
from advisor.measurement.data.format import FOLDER, DataFormat, DataSet, Faults, Images

_CHUNK_IMAGES = 256
_DECODED_SIDE = 128
"""Pixels that a JPEG is decoded to at least; the hash itself looks at 32 by 32."""
Hashed = tuple[bytes, npt.NDArray[np.uint16]]


def read_images(data: DataSet, faults: Faults) -> Iterator[Images]:
    """What cannot be decoded is counted, named and left out."""
    files = iter(zip(data.files, data.sizes_bytes, strict=True))
    behind = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        while part := list(islice(files, _CHUNK_IMAGES)):
            behind += sum(size for _, size in part)
            read: list[tuple[Path, Hashed]] = []
            for file, result in _all_hashed(pool, [file for file, _ in part]):
                if isinstance(result, str):
                    faults.add(data.name(file), result)
                else:
                    read.append((file, result))
            if read:
                yield _images(data, read, behind / max(1, data.size_bytes))


def _all_hashed(pool: Executor, files: list[Path]) -> list[tuple[Path, Hashed | str]]:
    with warnings.catch_warnings():  # large pictures are decoded, too large ones are faults
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        return list(zip(files, pool.map(_hashed, files), strict=True))


def _hashed(file: Path) -> Hashed | str:
    """Digest and perceptual hash; a text where the image cannot be read."""
    try:
        with file.open("rb") as stream:
            found = file_digest(stream)
            stream.seek(0)
            with Image.open(stream) as image:
                image.draft("RGB", (_DECODED_SIDE, _DECODED_SIDE))
                found_alike = signature(image)
    except UnidentifiedImageError:
        return "no image that can be decoded"
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        return str(error) or type(error).__name__
    return found, found_alike


def _images(data: DataSet, read: list[tuple[Path, Hashed]], fraction: float) -> Images:
    files = [file for file, _ in read]
    digests = b"".join(found for _, (found, _) in read)
    return Images(
        tuple(data.name(file) for file in files),
        np.frombuffer(digests, np.uint64).reshape(-1, 2),
        np.stack([signature for _, (_, signature) in read]),
        tuple(data.label_folder(file) for file in files),
        fraction,
    )


FORMAT = DataFormat(
    "images",
    (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"),
    read_images=read_images,
    label_column=FOLDER,
)
