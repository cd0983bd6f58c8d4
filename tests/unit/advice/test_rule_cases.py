"""Every rule against its cases, and what every rule has to keep to."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from advisor.advice.rule import Facts, Finding, findings, rules
from advisor.errors import UnknownNameError
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import parse_choice
from tests.support.measurements import measurement
from tests.support.profiles import BUILDERS
from tests.support.scenarios import facts, scenario
from tests.support.watching import watched

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).parents[2] / "cases" / "rules"
SECTIONS = re.compile(
    r"\n## What it sees\n.+\n## (Why it is waste|Why it matters)\n.+\n## What to do\n.+"
    r"\n## Sources\n.+",
    re.DOTALL,
)

NEVER_FASTER = {"unstructured-pruning"}
"""No kernel that is projected skips a zero; `zeros-without-a-kernel` says so."""


def _cases(slug: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((FOLDER / f"{slug}.toml").read_text())["case"]
    return found


def _facts(case: dict[str, Any]) -> Facts:
    model = dict(case["model"])
    profile = BUILDERS[model.pop("builder")](**model)
    named = {key: case[key] for key in ("hardware", "workload", "organization") if key in case}
    given = scenario(profile, settings=case.get("settings", ()), **named)
    seen = watched(**case["watched"]) if "watched" in case else None
    return replace(
        facts(given, [measurement(**each) for each in case.get("measurements", ())]), watched=seen
    )


ALL = [(slug, case) for slug in rules() for case in _cases(slug)]


@pytest.mark.parametrize(("slug", "case"), ALL, ids=[f"{s}: {c['name']}" for s, c in ALL])
def test_a_rule_says_what_its_case_expects(slug: str, case: dict[str, Any]) -> None:
    said = rules()[slug].check(_facts(case))
    assert (said is not None) == (case["expect"] == "fires"), said
    if said is not None:
        _assert_well_formed(said, slug)
        for key in ("recommends", "cautions", "forbids"):
            if key in case:
                assert sorted(getattr(said, key)) == case[key]


def _assert_well_formed(said: Finding, slug: str) -> None:
    assert said.rule == slug
    assert said.evidence
    assert all(name and figure for name, figure in said.evidence)
    assert not said.reason.endswith(".")
    assert "\n" not in said.reason
    for text in (*said.recommends, *said.cautions, *said.forbids):
        parse_choice(text, slug)
    assert not set(said.recommends) & set(said.forbids)


@pytest.mark.parametrize("slug", rules())
def test_every_rule_has_cases_that_fire_and_that_do_not(slug: str) -> None:
    assert {case["expect"] for case in _cases(slug)} == {"fires", "silent"}


def test_some_firing_case_speaks_for_every_strategy_that_could_pay() -> None:
    """A strategy that no rule speaks for can be in no plan, however much it would save."""
    fired = (
        said
        for slug, case in ALL
        if case["expect"] == "fires" and (said := rules()[slug].check(_facts(case))) is not None
    )
    spoken = {slug for finding in fired for slug in finding.recommends}
    could = {slug for slug, each in strategies().items() if not each.only_costs}
    assert could - spoken == NEVER_FASTER


def test_every_file_of_cases_belongs_to_a_rule() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(rules())


@pytest.mark.parametrize("slug", rules())
def test_the_manual_of_every_rule_has_its_sections(slug: str) -> None:
    assert SECTIONS.search(rules()[slug].manual)


@pytest.mark.parametrize("slug", rules())
def test_a_rule_lies_in_a_file_of_its_name(slug: str) -> None:
    module = rules()[slug].check.__module__
    assert module.rpartition(".")[2] == slug.replace("-", "_")


def test_the_most_severe_findings_come_first() -> None:
    said = findings(facts(scenario(BUILDERS["encoder"](), "a100-80-sxm")))
    severities = [finding.severity for finding in said]
    assert severities == sorted(severities, key=("waste", "warning", "note").index)
    assert len(set(severities)) == 3


def test_an_unknown_rule_is_refused_with_the_choices() -> None:
    from advisor.advice.rule import rule_by_slug

    with pytest.raises(UnknownNameError, match="price-unknown"):
        rule_by_slug("price-unknwon", "the command line")
