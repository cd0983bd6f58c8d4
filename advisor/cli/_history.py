"""What was measured before, taken into a session; a history that fails is said, no more."""

from __future__ import annotations

import sys

from advisor.errors import AdvisorError
from advisor.session import Session


def recall(session: Session) -> None:
    try:
        session.recall()
    except AdvisorError as error:
        say_unused(error)


def say_unused(error: AdvisorError) -> None:
    sys.stderr.write(f"advisor: the history is not used: {error}\n")
