"""Data moved to a colder tier, read back from it, and packed into columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from advisor.projection.engine import evaluate
from advisor.projection.lines import CostLine
from advisor.projection.setup import Setup
from tests.support.bills import PAYER, WORK, changed, exactly, paper
from tests.unit.projection.test_formulas import evaluated

COLD = Setup(colder_tier="cold", colder_share=0.5)


def lines(
    *setups: Setup, read: float | None = 0.2, runs: float = 2.0, retrieval: float | None = 0.03
) -> dict[str, CostLine]:
    """1,000 GB, six tenths in the tier "cold" already; object storage at 0.02, cold at 0.01."""
    known = {} if retrieval is None else {"cold": exactly(retrieval)}
    payer = changed(PAYER, "storage", retrieval_usd_per_gb=known)
    work = changed(WORK, "training", runs_per_month=runs)
    work = changed(work, "data", read_fraction=None if read is None else exactly(read))
    found = evaluate(paper(payer, work), [Setup(), *setups]).lines
    return {line.name: line for line in found if line.component == "data"}


def test_what_is_moved_is_paid_at_the_colder_price() -> None:
    found = lines(COLD)
    assert found["storage"].usd_per_month == pytest.approx([8.0, 4.0])
    assert found["storage, moved"].usd_per_month == pytest.approx([0.0, 2.0])
    assert found["storage, cold"].usd_per_month == pytest.approx([6.0, 6.0])
    plain, moved = found["storage of growth"].unit_price_usd
    assert plain - moved == pytest.approx(0.4 * 0.5 * (0.02 - 0.01))


@pytest.mark.parametrize(
    ("read", "gigabytes"), [(0.2, 0.0), (0.5, 0.0), (0.8, 2 * 400 * 0.3), (None, 2 * 400 * 0.5)]
)
def test_what_a_run_reads_beyond_what_is_at_hand_is_read_back(
    read: float | None, gigabytes: float
) -> None:
    back = lines(COLD, read=read)["reading back"]
    assert back.quantity == pytest.approx([0.0, gigabytes])
    assert back.usd_per_month == pytest.approx([0.0, 0.03 * gigabytes])


def test_formulas_evaluated_on_their_inputs_give_the_lines() -> None:
    packed = replace(COLD, compressed_columns=True, deduplicated=True)
    for line in lines(packed, read=0.8).values():
        ends = tuple(
            replace(each, value=each.value[1:]) if isinstance(each.value, np.ndarray) else each
            for each in line.inputs
        )
        expected = float(line.usd_per_month[1])
        assert evaluated(replace(line, inputs=ends)) == pytest.approx(expected), line.name


def test_packing_takes_the_same_share_off_every_tier() -> None:
    found = lines(Setup(compressed_columns=True), replace(COLD, compressed_columns=True), COLD)
    for name in ("storage", "storage, cold", "storage of growth"):
        plain, packed, both, cold = found[name].usd_per_month
        assert packed == pytest.approx(0.72 * plain)
        assert both == pytest.approx(0.72 * cold)


def test_a_measured_fraction_is_taken_and_the_published_one_is_wide() -> None:
    work = changed(WORK, "data", packed_fraction=exactly(0.3))
    for given, expected in ((work, [0.3] * 3), (WORK, [0.25, 0.72, 1.0])):
        shares = []
        for case in ("low", "expected", "high"):
            found = evaluate(paper(PAYER, given), [Setup(), Setup(compressed_columns=True)], case)
            [line] = [each for each in found.lines if each.name == "storage"]
            shares.append(line.quantity[1] / line.quantity[0])
        assert shares == pytest.approx(expected)


def test_an_unknown_price_is_unknown() -> None:
    found = lines(COLD, read=0.8, retrieval=None)["reading back"]
    assert np.isnan(found.usd_per_month[1])
    assert found.missing == "price of reading back from cold: not given"
    elsewhere = lines(replace(COLD, colder_tier="glacial"))["storage, moved"]
    assert np.isnan(elsewhere.usd_per_month[1])
    assert elsewhere.missing == "price of storage in glacial: not given"


def test_nothing_moved_leaves_the_lines_as_they_are() -> None:
    found = lines(Setup(colder_tier="cold"))
    assert "reading back" not in found
    assert found["storage"].of_scenario
