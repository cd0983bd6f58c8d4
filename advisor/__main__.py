"""Entry of `advisor` and `python -m advisor`: the two faces meet here and nowhere else."""

from __future__ import annotations

import pkgutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from advisor.measurement.result import ModelRequest
    from advisor.session_options import Options

_HELP = ("-h", "--help", "--version")


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
        raise UsageError(_refused(reason, "" if request is None else request.reference))

    from advisor.tui.app import run

    return run(request, options, settings)


def _refused(reason: str, reference: str) -> str:
    instead = f"audit {reference}" if reference else "--help"
    return f"{reason}. Without a screen: advisor {instead}"


def _screen_words(words: Sequence[str]) -> list[str] | None:
    """What is after `open`, said or not, where the screen is asked for; None where it is not.

    Names of commands are those of the files that declare them: nothing is imported to know.
    """
    import advisor.cli

    names = {each.name for each in pkgutil.iter_modules(advisor.cli.__path__)}
    if any(word in _HELP for word in words):
        return None
    if words and words[0] == "open":
        return list(words[1:])
    return None if words and words[0] in names else list(words)


def _show_at_once(words: Sequence[str]) -> int:
    """The screen, or the reason why there is none, before anything heavy is imported."""
    from advisor.tui.early import early_frame
    from advisor.tui.terminal import refusal
    from advisor.units import printable

    reason = refusal()
    if reason is not None:
        model = next((printable(word) for word in words if not word.startswith("-")), "")
        sys.stderr.write(f"advisor: {_refused(reason, model)}\n")
        return 2
    with early_frame(words):
        from advisor.cli.main import run_open

        return run_open(words, open_screen)


def main() -> None:
    """Run the command line and leave with its exit code."""
    words = _screen_words(sys.argv[1:])
    if words is not None:
        sys.exit(_show_at_once(words))
    from advisor.cli.main import run

    sys.exit(run(sys.argv[1:], open_screen))


if __name__ == "__main__":
    main()
