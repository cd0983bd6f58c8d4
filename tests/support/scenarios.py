"""Scenarios over the shipped profiles around a model made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.advice.rule import Facts
from advisor.catalog import load
from advisor.catalog.override import apply_overrides
from advisor.measurement.result import Measurement
from advisor.profiling.profile import ModelProfile
from advisor.projection.project import project
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup


def scenario(
    profile: ModelProfile, hardware: str = "h100-sxm", workload: str = "batch-scoring",
    organization: str = "cloud-startup", settings: Sequence[str] = (),
) -> Scenario:  # fmt: skip
    asked, payer = apply_overrides(
        load.workload_by_id(workload), load.organization_by_id(organization), settings
    )
    return Scenario(profile, load.hardware_by_id(hardware), asked, payer, load.price_lists())


def facts(given: Scenario, measurements: Sequence[Measurement] = ()) -> Facts:
    return Facts(given, project(given, [Setup()])[0], tuple(measurements))
