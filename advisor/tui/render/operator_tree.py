"""The operators as a tree of modules: what each holds together, folded or not."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from advisor import units
from advisor.tui.render.bars import bar
from advisor.tui.render.line import Column, Line, Span, fit, heading, line, spaced

if TYPE_CHECKING:
    from advisor.tui.render.operators import OperatorEntries
    from advisor.tui.sieve import SortKey

BAR_WIDTH = 10


def _columns(width: int) -> tuple[Column, ...]:
    figures = (
        Column("%", 6), Column("share", BAR_WIDTH, "left"), Column("mult-adds", 10),
        Column("bytes", 10), Column("bound by", 9, "left"),
    )  # fmt: skip
    taken = sum(column.width + 1 for column in figures)
    return (Column("module", max(12, width - taken - 1), "left"), *figures)


def tree_heading(width: int) -> Line:
    return (Span("  "), *heading(_columns(width)))


@dataclass(slots=True)
class Node:
    """A module with all that is in it; a leaf has the index of the operator that it is."""

    path: str
    name: str
    depth: int
    children: dict[str, Node] | None = None
    """None of a leaf: ten thousand empty dictionaries are time, and work for the collector."""
    seconds: float = 0.0
    compute_s: float = 0.0
    """The part of `seconds` that arithmetic bounds."""
    multiply_adds: int = 0
    total_bytes: int = 0

    def add_up(self) -> None:
        """Add to every module what its children have."""
        for child in (self.children or {}).values():
            if child.children:
                child.add_up()
            self.seconds += child.seconds
            self.compute_s += child.compute_s
            self.multiply_adds += child.multiply_adds
            self.total_bytes += child.total_bytes

    def within(self, folded: frozenset[str]) -> list[Node]:
        """The nodes below, but those in a folded one."""
        found: list[Node] = []
        waiting = [*reversed((self.children or {}).values())]
        while waiting:
            node = waiting.pop()
            found.append(node)
            if node.children and node.path not in folded:
                waiting += reversed(node.children.values())
        return found


def operator_tree(table: OperatorEntries) -> Node:
    """Modules by the dots in their paths; operators of the same module and name are one leaf."""
    root = Node("", "", -1)
    ceilings, modules = table.ceilings, {"": root}
    for row, seconds, bound in zip(
        table.phase.operators, ceilings.seconds, ceilings.bounds, strict=True
    ):
        module = modules.get(row.module)
        if module is None:
            module = modules[row.module] = _module(root, row.module)
        node = _child(module, f"({row.name})")
        node.seconds += seconds
        node.compute_s += seconds if bound == "compute" else 0.0
        node.multiply_adds += row.multiply_adds * row.repeats
        node.total_bytes += row.total_bytes * row.repeats
    root.add_up()
    return root


def _module(root: Node, path: str) -> Node:
    node = root
    for part in path.split("."):
        node = _child(node, part)
    return node


def _child(node: Node, part: str) -> Node:
    """The part of `node` by that name, which is made where there is none."""
    if node.children is None:
        node.children = {}
    child = node.children.get(part)
    if child is None:
        path = f"{node.path}.{part}" if node.path else part
        child = node.children[part] = Node(path, part, node.depth + 1)
    return child


@dataclass(frozen=True)
class TreeEntries:
    """The nodes that no folded one hides, in the order the model runs them."""

    root: Node
    table: OperatorEntries
    folded: frozenset[str]

    sort_titles = ()

    @cached_property
    def nodes(self) -> list[Node]:
        return self.root.within(self.folded)

    def __len__(self) -> int:
        return len(self.nodes)

    def identity(self, index: int) -> Hashable:
        return self.nodes[index].path

    def search_text(self, index: int) -> str:
        return self.nodes[index].path

    def sort_key(self, title: str, index: int) -> SortKey:
        del title, index
        return None

    def line(self, index: int) -> Line:
        node = self.nodes[index]
        module, percent, share, *figures, bound = _columns(self.table.width)
        fold = " " if not node.children else "▸" if node.path in self.folded else "▾"
        name = fit(f"{'  ' * node.depth}{fold} {node.name}", module.width)
        fraction = self.table.ceilings.share(node.seconds)
        texts = (units.count(node.multiply_adds), units.memory(node.total_bytes))
        by_compute = node.compute_s * 2 >= node.seconds > 0
        return line(
            " ",
            *spaced(
                Span(name),
                percent.cell(units.percent(fraction)),
                Span(bar(fraction, share.width), "accent"),
                *(column.cell(text) for column, text in zip(figures, texts, strict=True)),
                bound.cell("compute" if by_compute else "bandwidth"),
            ),
        )
