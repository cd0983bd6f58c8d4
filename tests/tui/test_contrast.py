"""Every tone can be read on its background, and differs in more than its colour."""

from __future__ import annotations

import pytest
from rich.color import ColorSystem
from rich.style import Style
from textual.color import Color

from advisor.tui.looks import THEMES
from advisor.tui.render.line import TONES
from advisor.tui.widgets.line_view import LineView
from tests.tui.conftest import MakeApp
from tests.tui.screen import opened

LEAST = 4.5
"""WCAG 2.2, success criterion 1.4.3."""


def contrast(one: Color, two: Color) -> float:
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.normalized
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def shown_in(style: Style, system: ColorSystem) -> tuple[Color, Color]:
    """Foreground and background as a terminal of `system` shows them."""
    assert style.color is not None
    assert style.bgcolor is not None
    pair = (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)
    foreground, background = (Color(*each.downgrade(system).get_truecolor()) for each in pair)
    return foreground, background


@pytest.mark.usefixtures("no_plan")
@pytest.mark.parametrize("theme", [each for each in THEMES if not each.startswith("ansi")])
@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT])
async def test_tones_can_be_read(make_app: MakeApp, theme: str, system: ColorSystem) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        app.theme = theme
        await pilot.pause()
        view = app.main.query_one("#strategy-list", LineView)
        found = {}
        for tone in (*TONES, "cursor"):
            style = view.get_component_rich_style(f"line-view--{tone}")
            found[tone] = contrast(*shown_in(style, system))
        found["telemetry"] = contrast(
            *shown_in(app.main.query_one("#telemetry").rich_style, system)
        )
        assert {tone: round(each, 1) for tone, each in found.items() if each < LEAST} == {}
