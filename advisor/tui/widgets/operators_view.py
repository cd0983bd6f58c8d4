"""The operators: a table that is filtered and sorted, or a tree of modules that is folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message

from advisor.tui.widgets.line_view import LineBar
from advisor.tui.widgets.sifted_list import SiftedList
from advisor.tui.widgets.views import not_yet

if TYPE_CHECKING:
    from advisor.tui.render import operators
    from advisor.tui.render.operator_tree import Node
    from advisor.tui.shown import Shown

_TITLE_LINES = 5


class OperatorList(SiftedList):
    """Shows `table`, or the tree of it."""

    BINDINGS = [
        Binding("v", "turn", "table or tree of modules", id="tree"),
        Binding("left,h", "fold(True)", "fold the module", id="fold", key_display="← h"),
        Binding("right,l", "fold(False)", "unfold the module", id="unfold", key_display="→ l"),
    ]

    class Turned(Message):
        """The table was turned into the tree, or back."""

    def __init__(self) -> None:
        super().__init__(id="operators-list")
        self.is_tree = False
        self._table: operators.OperatorEntries | None = None
        self._root: Node | None = None
        self._folded: frozenset[str] = frozenset()

    def show_table(self, table: operators.OperatorEntries) -> None:
        """What is drawn every second is not worked out every second."""
        if self._table is not None and self._table.is_of(table.scenario, table.width):
            return
        if self._table is None or self._table.scenario is not table.scenario:
            self._root = None
        self._table = table
        self._show()

    def _show(self) -> None:
        if self._table is None:
            return
        if not self.is_tree:
            self.show_entries(self._table)
            return
        from advisor.tui.render.operator_tree import TreeEntries, operator_tree

        if self._root is None:
            self._root = operator_tree(self._table)
        self.show_entries(TreeEntries(self._root, self._table, self._folded))

    def action_turn(self) -> None:
        self.is_tree = not self.is_tree
        self.action_clear()
        self._show()
        self.post_message(self.Turned())

    def action_fold(self, fold: bool) -> None:
        """Fold the module under the cursor, or where that is folded or a leaf the one around it."""
        from advisor.tui.render.operator_tree import TreeEntries

        entries = self.entries
        if not isinstance(entries, TreeEntries) or self.current is None:
            return
        node = entries.nodes[self.current]
        if not fold:
            self._folded -= {node.path}
        elif node.children and node.path not in self._folded:
            self._folded |= {node.path}
        else:
            around = node.path.removesuffix(node.name).removesuffix(".")
            self.put_cursor_on(around)
            return
        self._show()


class OperatorsView(Vertical):
    """A line an operator or module, under a heading that stays."""

    def compose(self) -> ComposeResult:
        yield LineBar(id="operators-title")
        yield LineBar(id="operators-heading")
        yield OperatorList()

    def on_mount(self) -> None:
        self._shown: Shown | None = None

    def draw(self, shown: Shown) -> None:
        self._shown = shown
        width = self.size.width
        if not width:
            return
        lines = self.query_one(OperatorList)
        if shown.snapshot is None:
            lines.show(not_yet(shown))
            return
        from advisor.tui.render import operators
        from advisor.tui.render.operator_tree import tree_heading

        scenario, room = shown.snapshot.scenario, lines.room
        title = operators.title_lines(scenario, width)
        bar = self.query_one("#operators-title", LineBar)
        bar.styles.height = min(len(title), _TITLE_LINES)
        bar.show(title)
        heading = tree_heading(room) if lines.is_tree else operators.operators_heading(room)
        self.query_one("#operators-heading", LineBar).show([heading])
        lines.show_table(operators.OperatorEntries(scenario, room))

    def on_operator_list_turned(self) -> None:
        self.on_resize()

    def on_resize(self) -> None:
        if self._shown is not None:
            self.draw(self._shown)
