"""A plan followed up, as cron and CI do: written, rechecked, compared; by its exit code."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.cli.test_commands import MODEL
from tests.support.command import advisor

SCENARIO = ("--hardware", "t4", "--workload", "retail-recommendation")


def _audit(folder: Path, name: str, *more: str) -> None:
    words = ("audit", "mine.py:build", *SCENARIO, "--json", "--output", name, *more)
    assert advisor(*words, cwd=folder).returncode == 0


def test_a_plan_holds_until_its_model_is_another(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MODEL)
    _audit(tmp_path, "plan.json")
    held = advisor("recheck", "plan.json", cwd=tmp_path)
    assert (held.returncode, held.stderr.count("Traceback")) == (0, 0)
    assert "the plan holds" in held.stdout
    (tmp_path / "mine.py").write_text(MODEL.replace("512", "768"))
    broken = advisor("recheck", "plan.json", "--json", cwd=tmp_path)
    assert broken.returncode == 6
    assert json.loads(broken.stdout)["state"] == "broken"
    (tmp_path / "mine.py").rename(tmp_path / "moved.py")
    lost = advisor("recheck", "plan.json", cwd=tmp_path)
    assert lost.returncode in (1, 2)
    assert "mine.py" in lost.stderr
    found = advisor("recheck", "plan.json", "--model", "moved.py:build", cwd=tmp_path)
    assert found.returncode == 6


def test_compare_names_the_demand_that_made_a_plan_dearer(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MODEL)
    _audit(tmp_path, "one.json")
    _audit(tmp_path, "two.json", "--set", "serving.requests_per_month=3e10")
    found = advisor("compare", "one.json", "two.json", cwd=tmp_path)
    assert found.returncode == 0
    assert "workload: requests" in found.stdout
    assert "3e+10" in found.stdout


def test_an_approval_needs_its_reason(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MODEL)
    ran = advisor("audit", "mine.py:build", *SCENARIO, "--approve", "Ada", cwd=tmp_path)
    assert ran.returncode == 2
    assert "--reason" in ran.stderr
