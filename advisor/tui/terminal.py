"""Whether there is a terminal that the screen can be drawn on."""

from __future__ import annotations

import os
import sys


def refusal() -> str | None:
    """Why the screen cannot start here, in words; None where it can.

    Asked before anything of the screen is imported: with no terminal to read keys from it would
    run for ever.
    """
    if not sys.stdin.isatty():
        return "standard input is not a terminal, so no key can be read"
    if not sys.stderr.isatty():
        return "standard error is not a terminal, and the screen is drawn there"
    kind = os.environ.get("TERM", "")
    if kind in {"", "dumb", "unknown"}:
        shown = f"TERM is {kind!r}" if kind else "TERM is not set"
        return f"{shown}: this terminal cannot place the cursor"
    return None
