"""Copy a text to where the user can paste it from, over SSH and in tmux too."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import platformdirs

from advisor.errors import ExportError

OSC_52_LIMIT_BYTES = 74_994
"""What the strictest of the usual terminals takes; longer texts are dropped in silence."""
_TMUX_LIMIT_S = 2.0


def copied_path() -> Path:
    return platformdirs.user_state_path("advisor") / "copied.txt"


def copy(text: str, osc_52: Callable[[str], None]) -> str:
    """Send `text` to the clipboard and say by which way; whether it arrived nobody can tell.

    So it is in a file too, whose path is said.
    """
    return f"{_sent(text, osc_52)}; {_kept(text, copied_path())}"


def _kept(text: str, path: Path) -> str:
    from advisor.export.exporter import write_whole

    with contextlib.suppress(OSError):  # the writing says why
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_whole(path, f"{text}\n".encode(errors="replace"), overwrite=True)
    except ExportError as error:
        return str(error)
    return f"also in {path}"


def _sent(text: str, osc_52: Callable[[str], None]) -> str:
    if os.environ.get("TMUX") and _to_tmux(text):
        return "sent to tmux's buffer and the terminal's clipboard"
    if len(text.encode(errors="replace")) > OSC_52_LIMIT_BYTES:
        return f"not sent: longer than the {OSC_52_LIMIT_BYTES} bytes that terminals take"
    osc_52(text)
    return "sent to the terminal's clipboard (OSC 52)"


def _to_tmux(text: str) -> bool:
    """Use tmux's own command: it drops OSC 52 by default, and passes this on (-w)."""
    command = ["tmux", "load-buffer", "-w", "-"]
    try:
        subprocess.run(
            command, input=text.encode(errors="replace"), check=True, capture_output=True,
            timeout=_TMUX_LIMIT_S,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return False
    return True
