"""What is sent of a repaint shows the same as all of it would, and is less."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from advisor.tui.wire import Wire
from tests.tui.conftest import MakeApp
from tests.tui.emulator import Emulator
from tests.tui.screen import opened, screen_lines

WIDTH, HEIGHT = 12, 3
STYLES = [
    Style(), Style(color="red"), Style(color="#102030", bgcolor="#ffffff"), Style(bold=True),
    Style(bgcolor="blue"), Style(reverse=True), Style(color="default", bgcolor="default"),
    Style(color="green", bold=True, dim=True), Style(underline=True, bgcolor="#000000"),
]  # fmt: skip
segments = st.tuples(st.text(alphabet="ab  ±─漢", max_size=5), st.sampled_from(STYLES)).map(
    lambda found: Segment(*found)
)
strips = st.lists(segments, max_size=5).map(lambda found: Strip(found).adjust_cell_length(WIDTH))
screens = st.lists(strips, min_size=HEIGHT, max_size=HEIGHT)
systems = st.sampled_from([ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])


def update(lines: list[Strip], x: int = 0, y: int = 0) -> LayoutUpdate:
    return LayoutUpdate([[line] for line in lines], Region(x, y, WIDTH, len(lines)))


@settings(max_examples=300, deadline=None)
@given(st.lists(screens, min_size=1, max_size=4), systems)
def test_the_terminal_shows_the_same(found: list[list[Strip]], system: ColorSystem) -> None:
    wire, thin = Wire(), Emulator()
    for lines in found:
        thin.feed(wire.send(update(lines), system))
        whole = Emulator()
        whole.feed(Wire().send(update(lines), system))
        assert thin.cells == whole.cells
        plain = ["".join(segment.text for segment in line).rstrip() for line in lines]
        assert thin.text(WIDTH, HEIGHT) == plain


@settings(deadline=None)
@given(screens, systems)
def test_what_is_there_already_is_not_sent(lines: list[Strip], system: ColorSystem) -> None:
    wire = Wire()
    assert wire.send(update(lines), system)
    assert wire.send(update(lines), system) == ""
    wire.forget()
    assert wire.send(update(lines), system)


def test_one_cell_costs_a_place_a_look_and_a_letter() -> None:
    wire = Wire()
    red = Style(color="red")
    wire.send(update([Strip([Segment("abcdefghijkl", red)])]), ColorSystem.STANDARD)
    sent = wire.send(update([Strip([Segment("abcXefghijkl", red)])]), ColorSystem.STANDARD)
    assert sent == "\x1b[1;4H\x1b[31mX\x1b[m"


def test_without_colours_none_is_sent() -> None:
    style = Style(color="default", bgcolor="default", bold=True)
    sent = Wire().send(update([Strip([Segment("ab", style)])]), ColorSystem.TRUECOLOR)
    assert sent == "\x1b[1;1H\x1b[1mab\x1b[m"


async def test_a_terminal_that_got_every_update_shows_the_screen(
    make_app: MakeApp, no_plan: None
) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        terminal = Emulator()

        def display(screen: object, renderable: object) -> None:
            if renderable is not None:
                thinned = app.wire.thinned(renderable)  # type: ignore[arg-type]  # from the compositor
                terminal.feed(thinned.render_segments(app.console))

        app._display = display  # type: ignore[method-assign]
        await opened(pilot)
        app.action_redraw()
        for key in ("j", "j", "space", "3", "s", "1", "comma", "escape", "G", "k", "slash", "b"):
            await pilot.press(key)
            await pilot.pause()
            await pilot.pause()
            assert terminal.text(80, 24) == [line.rstrip() for line in screen_lines(app)]
