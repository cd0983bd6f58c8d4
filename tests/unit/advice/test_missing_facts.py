"""What is not known is no evidence: rules stay silent on it, and never show it as a figure."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import pytest

from advisor.advice.rule import Facts, findings, rules
from advisor.projection.scenario import Scenario
from tests.support.measurements import measurement
from tests.support.profiles import convnet, decoder, encoder
from tests.support.scenarios import facts, scenario
from tests.support.watching import watched

T = TypeVar("T")

ABOUT_THE_UNKNOWN = {
    "price-unknown", "duplicates-never-counted", "projections-never-measured",
    "worst-class-unmeasured", "half-precision-without-units",
}  # fmt: skip
"""Rules that are named after something that nobody stated."""
NO_FIGURE = re.compile(r"\b(unknown|nan|inf)\b")
NEEDS_A_MEASUREMENT = {"measured-drop-beyond-the-floor", "measured-without-a-gain"}
NEEDS_A_WATCH = {"watched-idle-accelerators", "watched-busy-accelerators"}

MODELS = (encoder(layers=2), convnet(), decoder(layers=2))
PLACES = [
    (model, hardware, workload)
    for model in range(len(MODELS))
    for hardware, workload in (
        ("h100-sxm", "fine-tuning"), ("t4", "batch-scoring"), ("cpu-2vcpu", "medical-diagnosis"),
    )
]  # fmt: skip


def _bare(model: int, hardware: str, workload: str) -> Facts:
    given = scenario(MODELS[model], hardware, workload, settings=["rental.clouds=[]"])
    stated = given.workload
    bare = replace(
        stated, serving=_unstated(stated.serving), training=_unstated(stated.training),
        data=_unstated(stated.data), quality=_unstated(stated.quality),
    )  # fmt: skip
    return facts(replace(given, hardware=_without_offers(given), workload=bare))


def _unstated(block: T) -> T:
    """Sizes of prompts stay: without them there is no request to speak of."""
    assert is_dataclass(block)
    kept = {"prompt_tokens", "output_tokens", "tokens_per_sample", "label_kind"}
    return replace(  # type: ignore[type-var]
        block,
        **{
            each.name: None for each in fields(block)
            if each.default is None and each.name not in kept
        },
    )  # fmt: skip


def _without_offers(given: Scenario) -> Any:
    hardware = given.hardware
    none: dict[str, Any] = {each.name: None for each in fields(hardware) if each.default is None}
    return replace(hardware, **none)


@pytest.mark.parametrize("place", PLACES)
def test_no_rule_speaks_of_what_is_not_known(place: tuple[int, str, str]) -> None:
    for finding in findings(_bare(*place)):
        assert finding.rule not in NEEDS_A_MEASUREMENT | NEEDS_A_WATCH
        if finding.rule not in ABOUT_THE_UNKNOWN:
            shown = " ".join(f"{name} {figure}" for name, figure in finding.evidence)
            assert not NO_FIGURE.search(shown), finding


def test_what_a_measurement_did_not_take_says_nothing() -> None:
    """A run without quality or without spread is no proof of either."""
    given = facts(scenario(MODELS[0], "a100-80-sxm"))
    shown = (measurement("int8-dynamic", 0.01, 0.005),)
    rule = rules()["measured-drop-beyond-the-floor"]
    assert rule.check(replace(given, measurements=shown)) is None


def test_a_watch_without_a_utilisation_says_nothing() -> None:
    given = facts(scenario(MODELS[0], "a100-80-sxm"))
    seen = watched(0.0, 720, 1.0)
    device = replace(seen.devices[0], utilisation_percent=None, idle_share=None)
    silent = replace(seen, devices=(device,))
    for slug in NEEDS_A_WATCH:
        assert rules()[slug].check(replace(given, watched=silent)) is None
