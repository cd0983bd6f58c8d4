"""The models that the start screen offers, and what a path that is being typed could become."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from advisor import units
from advisor.errors import AdvisorError
from advisor.models.listing import describe_references
from advisor.tui.render.line import Column, Line, Span, rule, spaced
from advisor.units import printable

if TYPE_CHECKING:
    from advisor.history import History
    from advisor.tui.kept import Recent
    from advisor.tui.sieve import SortKey

SECTIONS = {
    "recent": "recent audits", "example": "built-in examples", "known": "known models",
}  # fmt: skip
MEASURED = 8
"""How many models measured before are offered."""


@dataclass(frozen=True)
class Offer:
    """A model that can be opened, where it comes from, and a few words on it."""

    reference: str
    origin: str
    text: str
    size: str = ""
    """Its parameters, where they are known."""


def offers(history: History, recent: Sequence[Recent] = ()) -> list[Offer]:
    """Those opened before and measured before, the newest first, then examples and known models.

    A history or a listing that cannot be read offers nothing: the log says why.
    """
    found = {each.reference: Offer(each.reference, "recent", _opened(each)) for each in recent}
    most = len(found) + MEASURED
    try:
        for record in history.records():
            if len(found) < most:
                text = f"measured {record.taken_at[:10]} on {record.device_name}"
                found.setdefault(record.reference, Offer(record.reference, "recent", text))
    except AdvisorError as error:
        found[""] = Offer("", "recent", str(error))
    try:
        for each in describe_references():
            size = "" if each.parameters is None else units.parameters(each.parameters)
            found.setdefault(each.reference, Offer(each.reference, each.kind, each.title, size))
    except AdvisorError as error:
        found["models"] = Offer("", "known", str(error))
    return list(found.values())


def _opened(model: Recent) -> str:
    """When, and on what where that was named; opening it again looks at it with the same."""
    named = [each for each in (model.hardware, model.workload, model.organization) if each]
    return f"opened {model.opened_on}" + (f" with {', '.join(named)}" if named else "")


@dataclass(frozen=True)
class OfferEntries:
    offered: tuple[Offer, ...]
    width: int

    sort_titles = ("name", "origin")

    def __len__(self) -> int:
        return len(self.offered)

    def identity(self, index: int) -> Hashable:
        return self.offered[index].reference

    def search_text(self, index: int) -> str:
        each = self.offered[index]
        return f"{each.reference} {each.origin} {each.text}"

    def sort_key(self, title: str, index: int) -> SortKey:
        each = self.offered[index]
        return each.reference if title == "name" else each.origin

    def line(self, index: int) -> Line:
        each = self.offered[index]
        name = Column("", max(20, self.width // 3), "left")
        size = Column("", 10)
        text = Column("", max(10, self.width - name.width - size.width - 4), "left")
        cells = (name.cell(each.reference), size.cell(each.size), text.cell(each.text, "dim"))
        return (Span(" "), *spaced(*cells))

    def section(self, index: int) -> Hashable:
        return self.offered[index].origin

    def heading(self, index: int) -> Line:
        origin = self.offered[index].origin
        return rule(SECTIONS.get(origin, origin), self.width)

    def nearest(self, typed: str) -> Hashable | None:
        """The first whose name begins like `typed`: what was meant, more than a word in a text."""
        return next((each.reference for each in self.offered
                     if typed and each.reference.startswith(typed)), None)  # fmt: skip


def completed(typed: str) -> str | None:
    """`typed` with the rest of the first path that begins like it; None where there is none.

    Offered are folders and Python files, of these the factory that is usual; no name that holds
    characters that command a terminal.
    """
    if not typed or ":" in typed:
        return None
    folder, _, start = typed.rpartition("/")
    where = Path(folder or ("/" if typed.startswith("/") else ".")).expanduser()
    try:
        names = sorted(
            each.name + ("/" if each.is_dir() else ":build")
            for each in where.iterdir()
            if each.name.startswith(start)
            and not (each.name.startswith(".") and not start.startswith("."))
            and (each.is_dir() or each.suffix == ".py")
            and printable(each.name) == each.name
        )
    except OSError:
        return None
    if not names:
        return None
    return f"{typed[: len(typed) - len(start)]}{names[0]}"


def is_path_like(typed: str) -> bool:
    """Whether `typed` can only be meant as it stands, and not as words to find a model by."""
    return any(sign in typed for sign in "/:") or typed.endswith(".py")
