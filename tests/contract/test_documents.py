"""What the documents promise is what runs."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def commands(path: str) -> list[str]:
    return [
        line.strip()
        for line in (ROOT / path).read_text().splitlines()
        if line.strip().startswith("python3 -m venv")
    ]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    _, test_command = commands("README.md")
    assert commands(".ci/run") == [test_command]


def test_both_commands_of_the_readme_use_the_constraints() -> None:
    found = commands("README.md")
    assert len(found) == 2
    assert all("-c .constraints.txt" in command for command in found)
