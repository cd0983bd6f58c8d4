"""Entry of `advisor` and `python -m advisor`: the two faces meet here and nowhere else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from advisor.measurement.result import ModelRequest
    from advisor.session import Options


def open_screen(
    request: ModelRequest | None, options: Options, settings: Mapping[str, str | bool]
) -> int:
    """Show the Textual app, which asks for a model where there is no `request`.

    `settings` of the screen win over those of the user's file.
    UsageError where there is no terminal to show it on.
    """
    from advisor.errors import UsageError
    from advisor.tui.terminal import refusal

    reason = refusal()
    if reason is not None:
        instead = "--help" if request is None else f"audit {request.reference}"
        raise UsageError(f"{reason}. Without a screen: advisor {instead}")

    from advisor.session import check_options
    from advisor.tui.app import run

    check_options(options)
    return run(request, options, settings)


def main() -> None:
    """Run the command line and leave with its exit code."""
    from advisor.cli.main import run

    sys.exit(run(sys.argv[1:], open_screen))


if __name__ == "__main__":
    main()
