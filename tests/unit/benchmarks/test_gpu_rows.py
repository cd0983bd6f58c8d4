"""Errors, signs and medians of the GPU benchmark, on figures made by hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from advisor.measurement.result import Interval, Spread
from advisor.projection.result import Estimate
from advisor.strategies.selection import parse_selection
from tests.benchmarks.gpu_cases import Case, cases
from tests.benchmarks.gpu_found import Alone, DecodeMeasurement, Found
from tests.benchmarks.gpu_nvml import Check
from tests.benchmarks.gpu_project import Projected
from tests.benchmarks.gpu_report import errors, markdown, write
from tests.benchmarks.gpu_rows import ALLOCATOR, ENERGY, LATENCY, NVML, QUALITY, Row, rows

CASE = Case("llama_1b", "decode", "bf16", batch=4)


def spread(median: float) -> Spread:
    return Spread(median, median, median, median, 30)


def estimate(value: float) -> Estimate:
    return Estimate(0.8 * value, value, 1.25 * value)


DECODED = Found(
    alone=Alone(allocator_bytes=200, nvml_bytes=None),
    decode=DecodeMeasurement(spread(0.02), spread(0.01), Interval(0.49, 0.51), 4.0, 2.0),
)
PROJECTED = Projected(
    latency_s=(estimate(0.02), estimate(0.012)),
    allocator_bytes=(estimate(400), estimate(210)),
    nvml_bytes=estimate(500),
    energy_j=(estimate(4.0), None),
    quality_drop=estimate(0.0),
)


def by_quantity(found: list[Row]) -> dict[str, Row]:
    return {each.quantity: each for each in found}


def test_each_quantity_is_beside_its_projection() -> None:
    found = by_quantity(rows(CASE, DECODED, PROJECTED))
    assert found[LATENCY].error == pytest.approx(0.2)
    assert found[LATENCY].covered is True
    assert found[LATENCY].ratio_projected == pytest.approx(0.6)
    assert found[LATENCY].ratio_measured == pytest.approx(0.5)
    assert found[ALLOCATOR].error == pytest.approx(0.05)
    assert found[ENERGY].measured == 2.0
    assert found[ENERGY].error is None


def test_what_nothing_tells_is_unknown_and_says_so() -> None:
    row = by_quantity(rows(CASE, DECODED, PROJECTED))[NVML]
    assert row.measured is None
    assert row.error is None
    assert row.cause


def test_a_case_that_failed_is_one_row_with_its_cause() -> None:
    [row] = rows(CASE, Found(cause="out of memory: 4 TiB"), None)
    assert row.cause == "out of memory: 4 TiB"
    assert row.error is None


@pytest.mark.parametrize(
    ("projected", "low", "high", "wrong"),
    [
        (0.8, 0.5, 0.6, False),
        (1.2, 0.5, 0.6, True),
        (0.8, 1.1, 1.3, True),
        (1.2, 0.9, 1.05, False),  # it could be chance
        (1.0, 0.5, 0.6, False),  # nothing was said of a change
    ],
)
def test_a_sign_is_wrong_beyond_the_interval_alone(
    projected: float, low: float, high: float, wrong: bool
) -> None:
    row = Row(
        CASE, LATENCY, ratio_projected=projected, ratio_measured=(low + high) / 2,
        ratio_interval=Interval(low, high),
    )  # fmt: skip
    assert row.sign_wrong is wrong


def test_a_case_without_strategies_has_no_sign() -> None:
    row = Row(Case("gpt2"), LATENCY, ratio_projected=1.0, ratio_measured=1.4)
    assert row.sign_wrong is None


def test_quality_errs_by_a_difference() -> None:
    row = Row(CASE, QUALITY, projected=Estimate(0.0, 0.01, 0.02), measured=0.0)
    assert row.error == pytest.approx(0.01)


def test_medians_are_over_what_is_known() -> None:
    values = [Row(CASE, ENERGY, estimate(1 + size), 1.0) for size in (-0.1, 0.2, 0.4)]
    found = errors([*values, Row(CASE, ENERGY, cause="no counter")], ENERGY)
    assert found is not None
    assert found.count == 3
    assert found.median == pytest.approx(0.2)
    assert found.p90 == pytest.approx(0.36)
    assert found.bias == pytest.approx(0.2)
    assert errors([], ENERGY) is None


def test_the_report_holds_errors_targets_and_causes(tmp_path: Path) -> None:
    found = [*rows(CASE, DECODED, PROJECTED), *rows(Case("gpt2"), Found(cause="a | b"), None)]
    checks = [Check("power W", 400.0, "torch", 90.0, False)]
    write(tmp_path, found, checks, "On a card.")
    report = (tmp_path / "report.md").read_text()
    assert report == markdown(found, checks, "On a card.")
    assert "| latency s | 1 | 20.0% |" in report
    assert "median 7%, p90 15%" in report
    assert "| power W | 400.0 | torch | 90.0 | **no** |" in report
    assert "a / b" in report
    with (tmp_path / "rows.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert [line["quantity"] for line in lines] == [each.quantity for each in found]
    assert lines[0]["measured"] == "0.01"


def test_the_cases_cover_what_is_asked() -> None:
    chosen = cases("cuda")
    assert len({case.model for case in chosen}) >= 15
    assert {case.kind for case in chosen} == {"forward", "decode", "training"}
    assert {case.batch for case in chosen} >= {1, 256}
    assert any(case.runs_out for case in chosen)
    assert len({case.name for case in chosen}) == len(chosen)


@pytest.mark.parametrize("case", [*cases("cuda"), *cases("cpu")], ids=lambda case: case.name)
def test_the_strategies_of_a_case_are_there_and_do_not_conflict(case: Case) -> None:
    chosen = parse_selection(case.strategies)
    assert ",".join(sorted(each.slug for each in chosen)) == ",".join(
        sorted(filter(None, case.strategies.split(",")))
    )
