"""What the user switches on and off, and how it is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.errors import UsageError

if TYPE_CHECKING:
    from advisor.strategies.selection import Selection
    from advisor.tui.bench import Bench


class Selecting:
    """Changes what is on in the session of `bench`, and has it shown.

    Raises UsageError where that cannot be, and then has changed nothing.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def toggle(self, slug: str) -> None:
        self._refuse_lacking(slug)
        self._bench.opened().switches.toggle(slug)
        self._bench.refresh()

    def step_level(self, slug: str, steps: int) -> None:
        self._refuse_lacking(slug)
        self._bench.opened().switches.step_level(slug, steps)
        self._bench.refresh()

    def step_next_parameter(self, slug: str) -> None:
        self._bench.opened().switches.step_next_parameter(slug)
        self._bench.refresh()

    def undo(self) -> None:
        self._bench.opened().switches.undo()
        self._bench.refresh()

    def redo(self) -> None:
        self._bench.opened().switches.redo()
        self._bench.refresh()

    def select_none(self) -> None:
        self._select(())

    def select_plan(self) -> None:
        self._select(self._bench.plan().chosen)

    def select_optimum(self) -> None:
        """The exact minimum, which the rules may advise against."""
        certificate = self._bench.plan().certificate
        if not certificate.minimum_is_feasible:
            raise UsageError("no setup keeps every constraint, so there is no optimum")
        self._select(certificate.minimum_selection)

    def select_measured(self) -> None:
        """What was measured last."""
        measured = self._bench.opened().measurements.all()
        if not measured:
            raise UsageError("nothing is measured yet; m measures what is on")
        self.select_named(",".join(measured[-1].request.choices))

    def select_named(self, names: str) -> None:
        """What stands under these names, joined by commas."""
        from advisor.strategies.selection import parse_selection

        self._select(parse_selection(names, "the list"))

    def _select(self, chosen: Selection) -> None:
        self._bench.opened().select(chosen)
        self._bench.refresh()

    def _refuse_lacking(self, slug: str) -> None:
        snapshot = self._bench.shown.snapshot
        if snapshot is None:
            return
        row = next(row for row in snapshot.rows if row.choice.slug == slug)
        if row.unavailable is not None and not row.is_on:
            raise UsageError(f"{slug}: {row.unavailable}")
