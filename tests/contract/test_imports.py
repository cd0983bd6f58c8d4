"""What is heavy is not imported before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

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


def loaded_by(program: str) -> set[str]:
    probe = f"{program}\nimport sys\nsys.stderr.write(' '.join(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60
    )
    return set(ran.stderr.split()) & set(HEAVY)


@pytest.mark.parametrize("arguments", LISTINGS, ids=" ".join)
def test_listing_loads_neither_torch_nor_textual(arguments: list[str]) -> None:
    program = (
        "from advisor.__main__ import open_screen\nfrom advisor.cli.main import run\n"
        f"try: run({arguments!r}, open_screen)\nexcept SystemExit: pass"
    )
    assert loaded_by(program) == set()


def test_the_package_loads_no_torch() -> None:
    assert loaded_by("import advisor") == set()


def test_the_session_loads_neither_torch_nor_textual() -> None:
    assert loaded_by("import advisor.session") == set()


def test_the_screen_loads_no_torch() -> None:
    assert loaded_by("import advisor.tui.app") == {"textual"}
