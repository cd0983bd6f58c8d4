"""The command palette: every action by name, and everything that can be looked at instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode

from advisor.errors import AdvisorError
from advisor.units import printable

if TYPE_CHECKING:
    from advisor.tui.app import AdvisorApp
    from advisor.tui.switching import Side


@dataclass(frozen=True)
class Command:
    name: str
    run: Callable[[], object]


class Commands(Provider):
    """Names are text from anywhere: shown as they are, never read as markup."""

    async def startup(self) -> None:
        self._commands = [*self._actions(), *self._switches()]

    async def discover(self) -> Hits:
        for command in self._commands:
            yield DiscoveryHit(Content(command.name), command.run, text=command.name)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._commands:
            score = matcher.match(command.name)
            if score > 0:
                yield Hit(score, Content(command.name), command.run, text=command.name)

    def _actions(self) -> Iterator[Command]:
        """What the keys do where the palette was called, each once."""
        seen: set[str] = set()
        # Those of the whole program first; what moves the cursor needs no name to be found by.
        there = self.screen.active_bindings.values()
        for active in sorted(there, key=lambda each: each.node is not self.app):
            binding = active.binding
            if binding.action in seen or binding.action == "command_palette":
                continue
            seen.add(binding.action)
            name = f"{binding.description}  ({binding.key_display or binding.key})"
            yield Command(name, self._running(binding.action, active.node))

    def _running(self, action: str, node: DOMNode) -> Callable[[], object]:
        async def run() -> None:
            await self.app.run_action(action, node)

        return run

    def _switches(self) -> Iterator[Command]:
        from advisor.catalog import load

        app: AdvisorApp = self.app  # type: ignore[assignment]  # there is no other app
        sides: dict[Side, Iterator[str]] = {
            "hardware": iter(load.hardware()),
            "workload": iter(load.workloads()),
            "organization": iter(load.organizations()),
        }
        for side, names in sides.items():
            for name in names:
                yield Command(f"{side}: {name}", _switching(app, side, name))
        for reference in _references():
            yield Command(f"model: {printable(reference)}", _opening(app, reference))


def _switching(app: AdvisorApp, side: Side, name: str) -> Callable[[], None]:
    return lambda: app.switch(side, name)


def _opening(app: AdvisorApp, reference: str) -> Callable[[], None]:
    return lambda: app.open_model(reference)


def _references() -> list[str]:
    from advisor.models.listing import describe_references

    try:
        return [each.reference for each in describe_references()]
    except AdvisorError:
        return []  # `advisor models` says what is wrong with the file
