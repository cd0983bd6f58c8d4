"""What the launcher and its ranks tell each other: files in one folder, each written by one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from advisor.measurement.protocol import Failed

_WIDTH = 200


@dataclass(frozen=True)
class Ended:
    """Why a rank ended early; `waited` where it only waited for others that did not answer."""

    failed: Failed
    waited: bool


class Note:
    """What a rank is doing now, written over and over: cheap enough for every pass."""

    def __init__(self, folder: Folder, rank: int) -> None:
        path = folder.path / f"doing-{rank}"
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)

    def say(self, text: str, fraction: float) -> None:
        line = f"{fraction:.3f} {text}".encode(errors="replace")
        os.pwrite(self._file, line[:_WIDTH].ljust(_WIDTH), 0)


@dataclass(frozen=True)
class Folder:
    """The folder of one run on one machine."""

    path: Path

    @property
    def request(self) -> Path:
        return self.path / "request"

    @property
    def result(self) -> Path:
        """A message of the worker's protocol, written by the first rank of this machine."""
        return self.path / "result"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def doing(self) -> dict[int, tuple[str, float]]:
        """What each rank of this machine that has begun is doing, and how far it is."""
        return {_rank(each): _read(each) for each in sorted(self.path.glob("doing-*"))}

    def write_end(self, rank: int, ended: Ended) -> None:
        """Whole or not at all: the launcher may end this process as it writes."""
        draft = self.path / f"draft-{rank}"
        draft.write_bytes(msgspec.json.encode(ended))
        draft.rename(self.path / f"ended-{rank}")

    def ends(self) -> dict[int, Ended]:
        return {
            _rank(each): msgspec.json.decode(each.read_bytes(), type=Ended)
            for each in sorted(self.path.glob("ended-*"))
        }

    def last_words(self, local_rank: int) -> str:
        """The end of what a rank wrote on its error stream."""
        found = sorted(self.logs.glob(f"**/{local_rank}/stderr.log"))
        return found[-1].read_text(errors="replace") if found else ""


def _rank(file: Path) -> int:
    return int(file.name.partition("-")[2])


def _read(file: Path) -> tuple[str, float]:
    fraction, _, text = file.read_text(errors="replace").strip().partition(" ")
    return text, float(fraction or 0.0)
