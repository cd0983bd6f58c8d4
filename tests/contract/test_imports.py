"""What is heavy is not imported before it is needed."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("torch", "textual", "transformers", "torchao", "fvcore", "pyarrow")

LISTINGS = [
    ["--help"],
    ["--version"],
    ["audit", "--help"],
    ["strategies"],
    ["rules"],
    ["hardware", "--json"],
    ["workloads"],
    ["organizations"],
    ["models", "--json"],
    ["explain", "int8-dynamic"],
    ["data", "--help"],
]


PROBE = f"""
import sys

def check(what):
    found = sorted({{*{HEAVY!r}}} & set(sys.modules))
    assert not found, f"{{what}} loads {{', '.join(found)}}"
"""
LIST = f"""
from advisor.__main__ import open_screen
from advisor.cli.main import run

for words in {LISTINGS!r}:
    try:
        run(words, open_screen)
    except SystemExit:
        pass
    check(" ".join(words))
"""


def probe(program: str) -> None:
    """Run `program`, which can `check` that nothing heavy is loaded, in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", PROBE + program],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr


def test_listing_loads_neither_torch_nor_textual() -> None:
    probe(LIST)


def test_the_package_and_the_session_load_neither_torch_nor_textual() -> None:
    probe("import advisor\ncheck('advisor')\nimport advisor.session\ncheck('advisor.session')")


def test_the_screen_loads_no_torch() -> None:
    probe("import advisor.tui.app\nassert sys.modules.pop('textual')\ncheck('advisor.tui.app')")


FRAME = """
import advisor.cli.open
import advisor.tui.app

engine = {each for each in sys.modules if each.startswith((
    "advisor.projection", "advisor.advice", "advisor.strategies", "advisor.catalog",
    "advisor.telemetry", "advisor.history",
))}
assert not engine, f"the first paint waits for {sorted(engine)}"
assert not {"numpy", "sqlite3", "psutil", "pynvml"} & set(sys.modules)
"""


def test_the_first_paint_waits_for_no_engine() -> None:
    probe(FRAME)
