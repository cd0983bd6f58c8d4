"""A plan written and read again, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import UsageError
from advisor.export.audit import Approval
from advisor.export.json_export import render
from advisor.export.plan_file import read_plan
from tests.support.audits import HOSTILE, full_audit


def _written(folder: Path, **changed: Any) -> Path:
    path = folder / "plan.json"
    path.write_text(json.dumps({**json.loads(render(full_audit())), **changed}))
    return path


def test_a_plan_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(render(full_audit(HOSTILE)))
    found = read_plan(path)
    assert found.model.reference == full_audit(HOSTILE).profile.reference
    assert [step.strategy for step in found.steps] == ["bf16"]


def test_spacing_and_order_of_keys_are_no_edit(tmp_path: Path) -> None:
    read_plan(_written(tmp_path))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"schema_version": 1}, "schema_version 1; this advisor reads 2"),
        ({"advisor_version": "9"}, "it was changed after it was written"),
        ({"digest": None}, "it was changed after it was written"),
    ],
)
def test_another_version_and_an_edit_are_refused_with_the_way_on(
    tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        read_plan(_written(tmp_path, **changed))
    assert full_audit().command_line in str(caught.value)


def test_an_edited_plan_is_taken_when_asked_but_must_be_whole(tmp_path: Path) -> None:
    assert read_plan(_written(tmp_path, advisor_version="9"), edited=True).advisor_version == "9"
    with pytest.raises(UsageError, match=r"not a whole plan.*steps"):
        read_plan(_written(tmp_path, steps=[{"number": 1}]), edited=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"a": 1', "cut short, at line 1"),
        (b"[]", "it holds a list, not an object"),
        (b"\xff\xfe\x00", "not text"),
    ],
)
def test_what_is_no_plan_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=said) as caught:
        read_plan(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.json: No such file"):
        read_plan(tmp_path / "nowhere.json")


def test_an_approval_is_recorded_with_its_steps(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(render(full_audit()))
    assert read_plan(path).needs_sign_off == ("bf16",)
    path.write_bytes(render(replace(full_audit(), approval=Approval("Ada", "measured by hand"))))
    found = read_plan(path)
    assert found.needs_sign_off == ()
    assert found.approval is not None
    assert (found.approval.name, found.approval.steps) == ("Ada", ("bf16",))
