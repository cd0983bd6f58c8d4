"""Names from a model are text: shown as they are, never read as markup, never sent raw."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from advisor.errors import ModelError
from advisor.profiling.profile import ModelProfile
from advisor.tui.messages import JobFailed
from advisor.tui.render.line import fit, fit_start, line, rule, text_of, wrap
from tests.support import profiles
from tests.tui.conftest import MakeApp
from tests.tui.screen import SIZES, screen_text, settle

HOSTILE = {
    "[/x]": "[/x]",
    "[bold red]Linear[in=4096, out=11008]": "[bold red]Linear[in=4096, out=11008]",
    "\x1b[31mred\x07": r"\u001b[31mred\u0007",
    "a\u202eb": r"a\u202eb",
    "]8;;http://x\x9b": r"]8;;http://x\u009b",
}


def named(name: str) -> ModelProfile:
    """A profile whose every name is `name`."""
    found = profiles.convnet()
    phase = found.phases[0]
    operators = tuple(replace(each, module=name, name=name) for each in phase.operators)
    return replace(
        found, reference=name, model_type=name, phases=(replace(phase, operators=operators),),
        uncounted_operators={name: 1}, notes=(name,),
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
