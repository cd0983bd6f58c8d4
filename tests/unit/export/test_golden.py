"""The bytes of every exporter for audits written by hand.

Run with ADVISOR_UPDATE_GOLDEN=1 to write them anew; then read what changed before keeping it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from advisor.export.exporter import exporters
from tests.support.audits import AUDITS, HOSTILE

FOLDER = Path(__file__).parents[2] / "golden"
CASES = [(exporter, audit) for exporter in exporters() for audit in AUDITS]


@pytest.mark.parametrize(("exporter", "audit"), CASES)
def test_an_export_is_byte_for_byte_what_it_was(exporter: str, audit: str) -> None:
    rendered = exporters()[exporter].render(AUDITS[audit]())
    golden = FOLDER / f"{audit}{exporters()[exporter].suffix}"
    if os.environ.get("ADVISOR_UPDATE_GOLDEN") == "1":
        golden.write_bytes(rendered)
    assert rendered == golden.read_bytes()


@pytest.mark.parametrize("exporter", exporters())
def test_the_same_audit_gives_the_same_bytes(exporter: str) -> None:
    render = exporters()[exporter].render
    assert render(AUDITS["full"]()) == render(AUDITS["full"]())


@pytest.mark.parametrize("exporter", exporters())
def test_no_control_character_of_a_model_reaches_the_file(exporter: str) -> None:
    text = exporters()[exporter].render(AUDITS["full"](HOSTILE)).decode()
    assert not {"\x1b", "\u202e", "\u0085", "\r"} & set(text)
    assert "nnext" not in text.replace("\\nnext", "").replace("000anext", "")
    assert "evil" in text


@pytest.mark.parametrize("exporter", exporters())
def test_names_of_exporters_and_their_suffixes_are_their_own(exporter: str) -> None:
    suffixes = [each.suffix for each in exporters().values()]
    assert exporters()[exporter].suffix.startswith(".")
    assert suffixes.count(exporters()[exporter].suffix) == 1
