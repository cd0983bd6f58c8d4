"""What is left out of the data, and the lines of the bill that fall with it."""

from __future__ import annotations

import pytest

from advisor.catalog.quantity import Quantity
from advisor.projection.engine import evaluate
from advisor.projection.project import project
from advisor.projection.scenario import CASES, Case
from advisor.projection.setup import Setup
from tests.support.bills import PAYER, WORK, changed, paper

KNOWN = Quantity(low=0.1, expected=0.2, high=0.3)
KEPT = {"low": 0.7, "expected": 0.8, "high": 0.9}
LABELS, STORED = ("labelling", "quality checks"), ("storage", "storage, cold", "storage of growth")
BOUGHT = ("acquisition", "pre-processing")


def ratios(setup: Setup, case: Case = "expected") -> dict[str, float]:
    """Each data line with `setup` over the same line with nothing on."""
    work = changed(changed(WORK, "data", duplicate_fraction=KNOWN), "training", samples=1_000)
    found = evaluate(paper(PAYER, work), [Setup(), setup], case)
    return {
        line.name: line.usd_per_month[1] / line.usd_per_month[0]
        for line in found.lines
        if line.component == "data" or line.name.startswith("training,")
    }


@pytest.mark.parametrize("case", CASES)
def test_duplicates_are_neither_labelled_nor_stored_but_were_bought(case: Case) -> None:
    found = ratios(Setup(deduplicated=True), case)
    for name in (*LABELS, *STORED, "training, on-demand"):
        assert found[name] == pytest.approx(KEPT[case]), name
    for name in BOUGHT:
        assert found[name] == 1, name


def test_fewer_labels_change_labels_alone() -> None:
    found = ratios(Setup(labels_share=0.6))
    assert [found[name] for name in LABELS] == pytest.approx([0.6, 0.6])
    assert all(found[name] == 1 for name in found if name not in LABELS)


@pytest.mark.parametrize(("case", "kept"), [("low", 0.7), ("expected", 0.75), ("high", 0.75)])
def test_a_duplicate_is_left_out_once(case: Case, kept: float) -> None:
    found = ratios(Setup(deduplicated=True, labels_share=0.75), case)
    assert found["labelling"] == pytest.approx(kept)
    assert found["storage"] == pytest.approx(KEPT[case])


def test_unknown_duplicates_take_the_published_range_and_say_so() -> None:
    found = evaluate(paper(), [Setup(deduplicated=True)])
    [line] = [line for line in found.lines if line.name == "labelling"]
    [kept] = [each for each in line.inputs if each.name == "share of labels kept"]
    assert kept.origin == "published"
    assert "2107.06499" in str(kept.source)


def test_what_may_be_nothing_at_one_end_is_a_bill_at_all_ends() -> None:
    """A report without exact duplicates says so: the low end of its range is 0."""
    work = changed(WORK, "data", duplicate_fraction=Quantity(low=0.0, expected=0.1, high=0.2))
    setups = [Setup(deduplicated=True, labels_share=0.9, compressed_columns=True)]
    found = project(paper(PAYER, work), setups)[0].bill
    [storage] = [line for line in found.lines if line.name == "storage"]
    assert storage.usd_per_month is not None
    assert storage.usd_per_month.low < storage.usd_per_month.expected < storage.usd_per_month.high
