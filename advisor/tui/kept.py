"""What the screen remembers from one start to the next, in the user's state folder."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
import platformdirs

from advisor.session_options import Options

RECENT = 8
"""How many models opened before are remembered."""


class Recent(msgspec.Struct, frozen=True):
    """A model that was opened, and what it was looked at with; None is the default."""

    reference: str
    opened_on: str
    """A day, as 2026-03-31."""
    hardware: str | None = None
    workload: str | None = None
    organization: str | None = None

    @property
    def options(self) -> Options:
        return Options(self.hardware, self.workload, self.organization)


class Sorting(msgspec.Struct, frozen=True):
    column: str
    descending: bool = False


class Kept(msgspec.Struct, frozen=True):
    """None is what was never chosen."""

    theme: str | None = None
    ascii: bool | None = None
    mouse: bool | None = None
    reduced_motion: bool | None = None
    view: str | None = None
    sorting: Mapping[str, Sorting] = msgspec.field(default_factory=dict)
    """By the id of the list."""
    recent: tuple[Recent, ...] = ()
    """The newest first."""

    def opened(self, model: Recent) -> Kept:
        others = tuple(each for each in self.recent if each.reference != model.reference)
        return msgspec.structs.replace(self, recent=(model, *others)[:RECENT])

    def recent_of(self, reference: str) -> Recent | None:
        return next((each for each in self.recent if each.reference == reference), None)


def default_path() -> Path:
    return platformdirs.user_state_path("advisor") / "screen.json"


def read_kept(path: Path) -> tuple[Kept, str | None]:
    """What is remembered, or nothing and the reason: it is never worth not starting."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept), None
    except FileNotFoundError:
        return Kept(), None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return Kept(), f"{path} cannot be read, so nothing of the last time is known: {reason}"


def write_kept(path: Path, kept: Kept) -> None:
    """Raises ExportError where it cannot be kept."""
    from advisor.export.exporter import write_whole

    with contextlib.suppress(OSError):  # the writing says why
        path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, msgspec.json.format(msgspec.json.encode(kept)), overwrite=True)


def forget_unknown(options: Options) -> Options:
    """Without the names that no catalogue has any more."""
    from advisor.catalog import load

    return Options(
        options.hardware if options.hardware in load.hardware() else None,
        options.workload if options.workload in load.workloads() else None,
        options.organization if options.organization in load.organizations() else None,
    )
