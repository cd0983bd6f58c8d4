"""What a user may choose, what is said of a choice that is none, and what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import UsageError
from advisor.session_options import Options
from advisor.tui import kept as keeping
from advisor.tui.ascii import ascii_text
from advisor.tui.kept import Kept, Recent, Sorting, read_kept, write_kept
from advisor.tui.keys import footer, key_text
from advisor.tui.looks import ANSI_THEMES, THEMES, first_theme, speaks_utf8, usable_themes
from advisor.tui.preferences import Preferences, read_preferences
from tests.tui.conftest import MakeApp
from tests.tui.screen import opened, screen_lines, screen_text

no_plan = pytest.mark.usefixtures("no_plan")


def write(folder: Path, text: str) -> Path:
    path = folder / "screen.toml"
    path.write_text(text)
    return path


def test_no_file_chooses_nothing_and_the_command_line_wins(tmp_path: Path) -> None:
    assert read_preferences(tmp_path / "no.toml", {}) == Preferences()
    path = write(tmp_path, 'theme = "ansi-light"\nascii = true\n[keys]\nmeasure = "N"\n')
    found = read_preferences(path, {"theme": "ansi-dark", "mouse": False})
    assert (found.theme, found.ascii, found.mouse, found.reduced_motion) == (
        "ansi-dark", True, False, None,
    )  # fmt: skip
    assert found.keys == {"measure": "N"}
    last = found.over(Kept(theme="textual-light", reduced_motion=True))
    assert (last.theme, last.reduced_motion) == ("ansi-dark", True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('theme = "pink"', ["screen.toml: theme", "'pink'", "textual-dark", "ansi-light"]),
        ("ascii = 1", ["screen.toml: ascii is 1", "true, false"]),
        ("colour = true", ["'colour'", "screen.toml", "theme", "reduced_motion"]),
        ("theme = ", ["screen.toml is not TOML"]),
        ("keys = 3", ["[keys]"]),
        ("[keys]\nmeasure = 3", ["[keys]"]),
        ("[keys]\nmesure = 'm'", ["'mesure'", "[keys]", "Did you mean 'measure'"]),
        ("[keys]\nmeasure = 'ctrl+'", ["keys.measure", "'ctrl+'", "escape"]),
        ("[keys]\nmeasure = 'bananas'", ["keys.measure", "'bananas'"]),
        ("[keys]\nmeasure = 'q'", ["'q'", "measure", "quit"]),
        ("[keys]\ntoggle = 'j'", ["'j'", "toggle", "down"]),
    ],
)
def test_what_is_none_is_named_with_the_choices(tmp_path: Path, text: str, said: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        read_preferences(write(tmp_path, text), {})
    assert all(part in str(caught.value) for part in said), str(caught.value)


@pytest.mark.parametrize("key", ["N", "f5", "ctrl+t", "?", "space", "shift+f2", "alt+m", "ü"])
def test_keys_that_are_some_pass(tmp_path: Path, key: str) -> None:
    path = write(tmp_path, f"[keys]\nhelp = 'f1'\ntoggle = 'z'\nmeasure = '{key}'\n")
    assert read_preferences(path, {}).keys["measure"] == key


def test_two_actions_may_change_places(tmp_path: Path) -> None:
    path = write(tmp_path, "[keys]\nundo = 'U'\nredo = 'u'\n")
    assert read_preferences(path, {}).keys == {"undo": "U", "redo": "u"}


@no_plan
async def test_a_remapped_key_works_and_is_shown(make_app: MakeApp) -> None:
    app = make_app(chosen=Preferences(keys={"toggle": "z", "help": "f2", "theme": "ctrl+t"}))
    async with app.run_test(size=(100, 60)) as pilot:
        await opened(pilot)
        await pilot.press("space")
        assert app.bench.opened().chosen == ()
        await pilot.press("z")
        await pilot.pause()
        assert app.bench.opened().chosen
        assert "z toggle" in screen_lines(app)[-1]
        assert "F2 help" in screen_lines(app)[-1]
        theme = app.theme
        await pilot.press("ctrl+t")
        assert app.theme != theme
        await pilot.press("f2")
        await pilot.pause(0.2)
        assert "z              toggle the strategy" in screen_text(app)


def test_keys_are_read_as_they_are_written_on_keyboards() -> None:
    names = ("question_mark", "ctrl+p", "pageup", "m", "shift+left", "colon")
    assert [key_text(name) for name in names] == ["?", "Ctrl+P", "PgUp", "m", "Shift+←", ":"]
    assert ("h l", "level") in footer({"lower": "h,left", "higher": "l"})


def test_themes_are_those_the_terminal_can_show() -> None:
    assert usable_themes("truecolor", colourless=False) == THEMES
    assert usable_themes("standard", colourless=False) == ANSI_THEMES
    assert usable_themes("truecolor", colourless=True) == ANSI_THEMES
    assert first_theme(None, THEMES, {}) == "textual-dark"
    assert first_theme(None, THEMES, {"COLORFGBG": "0;default;15"}) == "textual-light"
    assert first_theme("textual-light", ANSI_THEMES, {}) == "ansi-light"
    assert first_theme("ansi-dark", THEMES, {"COLORFGBG": "0;15"}) == "ansi-dark"


@pytest.mark.parametrize(
    ("locale", "is_utf8"),
    [("en_US.UTF-8", True), ("C.utf8", True), ("C", True), ("de_DE.ISO-8859-1@euro", False)],
)
def test_characters_follow_the_locale(locale: str, is_utf8: bool) -> None:
    assert speaks_utf8({"LANG": locale}) is is_utf8
    assert speaks_utf8({"LC_ALL": "C.UTF-8", "LANG": locale})
    assert speaks_utf8({})


def test_ascii_stands_for_every_sign_in_as_many_columns() -> None:
    assert ascii_text("─█▏±≈é漢✓…") == "-#|~~e??+~"
    assert len({ascii_text(sign) for sign in "█▓▒░· "}) == 6, "parts of a bar are told apart"
    assert ascii_text("plain") == "plain"


@no_plan
@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_ascii_reaches_everything_that_is_drawn(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app(chosen=Preferences(ascii=True))
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        for key in ("1", "2", "3", "4", "5", "6", "7", "f", "escape", "comma", "escape", "c"):
            await pilot.press(key)
            await pilot.pause()
            await pilot.pause()
            assert screen_text(app).isascii()
        await pilot.press("escape", "y", "colon")
        await pilot.pause(0.5)
        assert screen_text(app).isascii()


def test_state_is_kept_whole_or_said_to_be_lost(tmp_path: Path) -> None:
    path = tmp_path / "new" / "screen.json"
    kept = Kept(theme="ansi-light", view="plan", sorting={"strategy-list": Sorting("name", True)})
    kept = kept.opened(Recent("digits", "2026-01-02", "h100-sxm")).opened(Recent("x", "2026-01-03"))
    write_kept(path, kept)
    assert read_kept(path) == (kept, None)
    assert [each.reference for each in kept.recent] == ["x", "digits"]
    for broken in (b"{", b"\xff", b'{"theme": 3}', b"[]"):
        path.write_bytes(broken)
        found, problem = read_kept(path)
        assert found == Kept()
        assert problem is not None
        assert str(path) in problem
    assert read_kept(tmp_path / "none.json") == (Kept(), None)


def test_models_opened_before_keep_only_names_that_are_still_there() -> None:
    kept = Recent("digits", "2026-01-02", "no-such", "chat-serving").options
    assert keeping.forget_unknown(kept) == Options(workload="chat-serving")


@no_plan
async def test_the_next_start_finds_view_sorting_theme_and_model(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("s", "S", "t", "3", "s", "2")
        await pilot.pause()
        kept = app.remembered()
    assert kept.view == "bill"
    assert kept.theme == THEMES[1]
    assert kept.recent[0].hardware == "a100-80-sxm"
    again = make_app(kept=kept)
    async with again.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert "›2 Bill‹" in screen_text(again)
        assert again.theme == THEMES[1]
        await pilot.press("1")
        await pilot.pause()
        assert "by $/month, largest first" in screen_text(again)
        await pilot.press("2")
        assert again.remembered() == kept


@no_plan
async def test_settings_hold_at_once_and_are_kept(make_app: MakeApp) -> None:
    app = make_app(chosen=Preferences(mouse=False, fixed=frozenset({"mouse"})))
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("comma")
        await pilot.pause()
        await pilot.pause()
        assert "screen.toml or an option says so" in screen_text(app)
        await pilot.press("right", "j", "enter", "j", "j", "l")
        await pilot.pause()
        assert screen_text(app).isascii()
        assert app.animation_level == "none"
        assert app.theme == THEMES[1]
        kept = app.appearance.kept
        assert (kept.theme, kept.ascii, kept.reduced_motion) == (THEMES[1], True, True)
        await pilot.press("h", "k", "k", "left")
        await pilot.pause()
        assert not screen_text(app).isascii()
        assert not app.appearance.reduced_motion
