from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.errors import UsageError
from tests.support.data_sets import Inspect

VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
ROWS = st.lists(
    st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), VALUES, min_size=1), min_size=1
)


def test_the_order_of_keys_makes_no_difference(inspected: Inspect) -> None:
    lines = ['{"a": 1, "b": {"x": 1, "y": 2}}', '{"b": {"y": 2, "x": 1}, "a": 1}']
    assert inspected("a.jsonl", "\n".join(lines)).duplicates.exact == 1


def test_a_key_that_is_absent_equals_null(inspected: Inspect) -> None:
    report = inspected("a.jsonl", '{"a": 1}\n{"a": 1, "b": null}\n{"a": 1, "b": 2}\n')
    assert report.duplicates.exact == 1
    assert {c.name: c.missing for c in report.columns} == {"a": 0, "b": 2}


def test_broken_lines_are_named_and_left_out(inspected: Inspect) -> None:
    report = inspected("a.jsonl", '{"a": 1}\nnot json\n[1]\n\n{"a": "\\ud800"}\n{"a": 2}\n')
    assert report.samples == 2
    assert [f.place for f in report.first_faults] == [f"a.jsonl, line {n}" for n in (2, 3, 5)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[{"a": 1}]', "JSON array"),
        ("1\n2\n", "no sample"),
        ("\0\1", "binary"),
        ('{"a":' * 5000, "no sample"),
    ],
)
def test_what_cannot_be_read_says_why(inspected: Inspect, content: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        inspected("a.jsonl", content)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(ROWS)
def test_exact_duplicates_are_those_of_python(
    inspected: Inspect, rows: list[dict[str, object]]
) -> None:
    kept = [{k: v for k, v in row.items() if v not in (None, "")} for row in rows]
    distinct = {json.dumps({k: as_text(v) for k, v in row.items()}, sort_keys=True) for row in kept}
    report = inspected("a.jsonl", "\n".join(map(json.dumps, rows)))
    assert report.samples - report.duplicates.exact == len(distinct)


def as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
