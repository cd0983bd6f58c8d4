"""advisor prices, and the catalogues with the source of each figure."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from advisor.cli.main import run
from advisor.cli.prices import offers, report
from advisor.errors import ExitCode, UnknownNameError

TODAY = date(2026, 11, 23)


def no_screen(*_: object) -> int:
    pytest.fail("no screen was asked for")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(arguments, no_screen) == ExitCode.DONE
    return capsys.readouterr().out


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(printed(capsys, *arguments))


def test_every_price_has_its_source_age_and_currency(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "prices", "--json")
    assert len(found) == 76
    for each in found:
        assert each["currency"] == "USD"
        assert each["source"]["text"]
        assert each["source"]["as_of"]
        assert each["age_days"] is None or each["age_days"] >= 0


def test_filters_narrow_and_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    h100 = document(capsys, "prices", "--hardware", "h100-sxm", "--json")
    assert {each["hardware"] for each in h100} == {"h100-sxm"}
    aws = document(capsys, "prices", "--hardware", "h100-sxm", "--cloud", "aws", "--json")
    assert [each["type"] for each in aws] == ["p5.4xlarge", "p5.48xlarge"]
    here = offers("h100-sxm", None, "us-east-1")
    assert {each.instance.region for each in here} == {"us-east-1", "all"}


def test_an_absent_price_is_unknown_and_never_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    report(offers("a10", "lambda", None), TODAY, as_json=False)
    assert "unknown" in capsys.readouterr().out
    report(offers("a10", "lambda", None), TODAY, as_json=True)
    (only,) = json.loads(capsys.readouterr().out)
    assert only["spot_usd_per_hour"] is None


def test_a_part_without_a_price_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    report(offers("rtx6000ada", None, None), TODAY, as_json=False)
    told = capsys.readouterr()
    assert told.out == ""
    assert "its price is not known" in told.err


@pytest.mark.parametrize(("today", "old"), [(date(2026, 11, 3), 0), (date(2026, 11, 4), 1)])
def test_a_price_is_old_after_180_days(
    capsys: pytest.CaptureFixture[str], today: date, old: int
) -> None:
    report(offers("h100-pcie", "lambda", None), today, as_json=True)
    told = capsys.readouterr()
    (only,) = json.loads(told.out)
    assert only["is_old"] is bool(old)
    assert ("1 of 1 prices are older than 180 days" in told.err) is bool(old)


@pytest.mark.parametrize(
    ("part", "cloud", "region", "hint"),
    [
        ("h100-smx", None, None, "Did you mean 'h100-sxm'"),
        (None, "awz", None, "Did you mean 'aws'"),
        (None, None, "us-east-11", "Did you mean 'us-east-1'"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(
    part: str | None, cloud: str | None, region: str | None, hint: str
) -> None:
    with pytest.raises(UnknownNameError, match=hint):
        offers(part, cloud, region)


def test_hardware_says_where_each_figure_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    rows = printed(capsys, "hardware", "h100-sxm").splitlines()
    (price,) = (row for row in rows if row.startswith("purchase.price_usd"))
    assert "30,000 (18,550 to 36,719)" in price
    assert "2024-2026" in price
    assert "ai-battlefield" in price
    assert document(capsys, "hardware", "h100-sxm", "--json")["id"] == "h100-sxm"


def test_organization_says_where_each_figure_comes_from(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = printed(capsys, "organizations", "research-lab").splitlines()
    (energy,) = (row for row in rows if row.startswith("energy.usd_per_kwh"))
    assert "EIA Electric Power Monthly" in energy


def test_workload_shows_the_basis_of_each_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert "# 20,000 daily users" in printed(capsys, "workloads", "chat-serving")


def test_hardware_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(document(capsys, "hardware", "--json")) == 24
    assert len(printed(capsys, "hardware").splitlines()) == 25
