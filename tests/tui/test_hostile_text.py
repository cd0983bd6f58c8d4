"""Names from a model are text: shown as they are, never read as markup, never sent raw."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Input

from advisor.errors import ModelError
from advisor.profiling.profile import ModelProfile
from advisor.tui.kept import Kept, Recent
from advisor.tui.messages import JobFailed
from advisor.tui.render.line import fit, fit_start, line, rule, text_of, wrap
from tests.support import profiles
from tests.tui.conftest import MakeApp
from tests.tui.emulator import Emulator
from tests.tui.screen import SIZES, opened, screen_lines, screen_text, settle

HOSTILE = {
    "[/x]": "[/x]",
    "[bold red]Linear[in=4096, out=11008]": "[bold red]Linear[in=4096, out=11008]",
    "\x1b[31mred\x07": r"\u001b[31mred\u0007",
    "a\u202eb": r"a\u202eb",
    "]8;;http://x\x9b": r"]8;;http://x\u009b",
}


def named(name: str, *others: str) -> ModelProfile:
    """A profile whose every name is `name`, but those of operators more."""
    found = profiles.convnet()
    phase = found.phases[0]
    operators = tuple(
        replace(each, module=module, name=module)
        for module in (name, *others)
        for each in phase.operators
    )
    return replace(
        found, reference=name, model_type=name, phases=(replace(phase, operators=operators),),
        uncounted_operators=dict.fromkeys((name, *others), 1), notes=(name, *others),
    )  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("size", SIZES)
async def test_names_are_shown_literally(
    make_app: MakeApp, name: str, size: tuple[int, int]
) -> None:
    app = make_app(named(name))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        seen = {}
        for view in range(1, 8):
            await pilot.press(str(view))
            await pilot.pause()
            await pilot.pause()
            seen[view] = screen_text(app)
        app.post_message(JobFailed(ModelError(name)))
        await pilot.pause()
        await pilot.pause(0.2)
        everything = "\n".join([*seen.values(), screen_text(app)])
        assert HOSTILE[name][-12:] in seen[3]
        assert HOSTILE[name] in seen[7]
        assert f"failed: {HOSTILE[name]}" in everything
        assert not set(everything) & {"\x1b", "\x07", "\x9b", "\u202e"}


CORPUS = [
    *HOSTILE, "[on click=app.quit]x[/]", "\u2028\u2029\u0085line", "שלום\u200f עולם", "مرحبا",
    "é" * 20, "e\u0301" * 40, "漢字" * 30,
    "👩‍👩‍👧" * 5, "$primary %s {0} \\", "x" * 500, "a b " * 125,
    "\x1b]52;c;aGk=\x07", "\x00\x7f",
]  # fmt: skip
EVERYWHERE = (
    "1", "2", "3", "v", "4", "5", "6", "7", "1", "w", "escape", "2", "enter", "escape", "f",
    "escape", "i", "escape", "c", "escape", "comma", "escape", "question_mark", "escape", "m",
    "o", "escape", "colon", "escape", "y",
)  # fmt: skip
HOSTILE_ESCAPE = "[/x]\x1b[31m]52;c;\x9b\u2028"
REFERENCES = [HOSTILE_ESCAPE, "שלום\u202e [/x]", "漢e\u0301" * 170]
COMMANDS = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.usefixtures("no_plan")
@pytest.mark.parametrize(
    "name", [HOSTILE_ESCAPE, "שלום\u202e [/x]", "漢e\u0301" * 170], ids=range(3)
)
async def test_no_screen_breaks_or_sends_commands(make_app: MakeApp, name: str) -> None:
    """Views, plots, lists, palette, what is typed, messages and tooltips."""
    kept = Kept()
    for each in CORPUS:
        kept = kept.opened(Recent(each, "2026-01-01", each))
    app = make_app(named(name, *CORPUS), kept=kept)
    wire = Emulator()

    def display(screen: object, renderable: object) -> None:
        if renderable is not None:
            sent = app.wire.thinned(renderable).render_segments(app.console)  # type: ignore[arg-type]  # Textual's
            assert not set(re.sub(r"\x1b\[[\d;]*[Hm]", "", sent)) & set(map(chr, (*range(32), 127)))
            wire.feed(sent)

    app._display = display  # type: ignore[method-assign]
    async with app.run_test(size=(80, 24), tooltips=True, notifications=True) as pilot:
        await opened(pilot)
        app.screen.tooltip = Content(name)
        app.notify(name, title="hostile", markup=False)
        for key in EVERYWHERE:
            await pilot.press(key)
            await pilot.pause()
            assert all(cell_len(line) == 80 for line in screen_lines(app))
        await pilot.press("slash")
        app.screen.query_one(Input).insert_text_at_cursor(name)
        await pilot.hover(offset=(10, 10))
        await pilot.pause(0.4)
        assert not {unicodedata.category(char) for line in wire.text(80, 24) for char in line} & (
            COMMANDS
        )


@given(st.text(), st.integers(1, 60))
def test_cells_are_exactly_as_wide_as_asked(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit(text, width, "right")) == width
    assert cell_len(fit_start(text, width)) == width
    assert cell_len(text_of(rule(text, width))) == width


@given(st.text(), st.integers(2, 60))
def test_wrapped_text_fits_and_loses_nothing(text: str, width: int) -> None:
    rows = wrap(text, width)
    assert all(cell_len(text_of(row)) <= width for row in rows)
    kept = "".join(text_of(row) for row in rows).replace(" ", "")
    assert kept == "".join(text_of(line(*text.split())).split())
