"""What is copied is sent by the way that works there, and is in a file in any case."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.tui.copying import OSC_52_LIMIT_BYTES, copied_path, copy


def test_the_terminal_gets_it_and_a_file_has_it() -> None:
    sent: list[str] = []
    said = copy("advisor audit digits", sent.append)
    assert sent == ["advisor audit digits"]
    assert said.startswith("sent to the terminal's clipboard (OSC 52)")
    assert str(copied_path()) in said
    assert copied_path().read_text() == "advisor audit digits\n"


def test_what_terminals_would_drop_is_not_sent_but_is_in_the_file() -> None:
    sent: list[str] = []
    text = "é" * (OSC_52_LIMIT_BYTES // 2 + 1)
    assert copy(text, sent.append).startswith("not sent: longer than the 74994 bytes")
    assert sent == []
    assert copied_path().read_text() == f"{text}\n"


@pytest.mark.parametrize("code", [0, 1])
def test_in_tmux_its_own_command_is_tried_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int
) -> None:
    tmux = tmp_path / "tmux"
    tmux.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/words\ncat > {tmp_path}/text\nexit {code}\n'
    )
    tmux.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    sent: list[str] = []
    said = copy("text", sent.append)
    assert (tmp_path / "words").read_text() == "load-buffer -w -\n"
    assert (tmp_path / "text").read_text() == "text"
    assert sent == ([] if code == 0 else ["text"])
    assert said.startswith("sent to tmux" if code == 0 else "sent to the terminal")


def test_a_file_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert "copied.txt was not written" in copy("text", lambda text: None)
