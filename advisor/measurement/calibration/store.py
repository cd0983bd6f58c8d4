"""Calibrations kept in the user's state folder, each a hardware profile in a file of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec
import platformdirs

from advisor.catalog.hardware import Calibration, Hardware
from advisor.catalog.load import hardware_file
from advisor.errors import AdvisorError, CatalogError
from advisor.measurement.calibration.box import Box, changes

HOW = "advisor calibrate"


@dataclass(frozen=True)
class Found:
    """The calibration of a box, or why there is none that holds."""

    hardware: Hardware | None
    reason: str | None = None


def folder() -> Path:
    return platformdirs.user_state_path("advisor") / "calibrations"


def document(hardware: Hardware) -> bytes:
    """The profile as JSON, as `--hardware FILE` takes it on any machine."""
    return msgspec.json.format(msgspec.json.encode(hardware), indent=2) + b"\n"


def keep(hardware: Hardware, box: Box) -> Path:
    """Write the calibration of `box`, in the place of an earlier one.

    Raises AdvisorError, naming the file, where it cannot be written.
    """
    path = folder() / f"{_key(box)}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        temporary.write_bytes(document(hardware))
        temporary.replace(path)
    except OSError as error:
        raise AdvisorError(f"calibration {path}: {error}") from error
    return path


def find(box: Box) -> Found:
    """The calibration that holds for `box`; else what has changed since the newest of its device.

    A file that cannot be read is such a reason too: it must not keep anyone from working.
    """
    path = folder() / f"{_key(box)}.json"
    if path.is_file():
        try:
            return Found(hardware_file(path))
        except CatalogError as error:
            return Found(None, f"the calibration cannot be read: {error}; run {HOW} again")
    earlier = max(
        (each for each in _kept() if each.device == box.device),
        key=lambda each: each.taken_at,
        default=None,
    )
    if earlier is None:
        return Found(None, f"this box is not calibrated; {HOW} takes less than a minute")
    differences = "; ".join(changes(earlier, box))
    return Found(
        None,
        f"the calibration of {earlier.taken_at[:10]} does not hold any more: {differences}; "
        f"run {HOW} again",
    )


def _kept() -> list[Calibration]:
    """Of every file that can be read; one that cannot says nothing of this box."""
    found = []
    for path in sorted(folder().glob("*.json")) if folder().is_dir() else ():
        try:
            calibration = hardware_file(path).calibration
        except CatalogError:
            continue
        if calibration is not None:
            found.append(calibration)
    return found


def _key(box: Box) -> str:
    return hashlib.sha256(msgspec.json.encode(box)).hexdigest()[:16]
