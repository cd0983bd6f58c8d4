"""A scenario from the names of its parts: hardware, workload, organization, single figures."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.catalog import load
from advisor.catalog.hardware import Hardware
from advisor.catalog.override import apply_overrides, override_hardware, split_settings
from advisor.errors import UsageError
from advisor.profiling.profile import ModelProfile
from advisor.projection.scenario import Scenario

DEFAULT_ORGANIZATION = "cloud-startup"
DEFAULT_WORKLOAD, DEFAULT_DECODER_WORKLOAD = "batch-scoring", "chat-serving"


def named_scenario(
    profile: ModelProfile, machine_hardware: Hardware | None, hardware: str | None,
    workload: str | None, organization: str | None, settings: Sequence[str],
) -> Scenario:  # fmt: skip
    """What is None takes its default: this machine's hardware, the workload that fits the model.

    `settings` are `key=value` texts. Raises UsageError for what no catalogue has.
    """
    fallback = DEFAULT_DECODER_WORKLOAD if profile.decoder else DEFAULT_WORKLOAD
    asked = load.workload_by_id(workload or profile.workload or fallback, "--workload")
    payer = load.organization_by_id(organization or DEFAULT_ORGANIZATION, "--organization")
    of_hardware, others = split_settings(settings)
    asked, payer = apply_overrides(asked, payer, others)
    if machine_hardware is not None and hardware in (None, machine_hardware.id):
        part = machine_hardware
    elif hardware is not None:
        part = load.hardware_by_id(hardware, "--hardware")
    else:
        raise UsageError(
            "this machine's accelerator is in no hardware profile; name one with --hardware: "
            + ", ".join(load.hardware())
        )
    part = override_hardware(part, of_hardware)
    return Scenario(profile, part, asked, payer, load.price_lists())


def check_names(
    hardware: str | None, workload: str | None, organization: str | None, settings: Sequence[str]
) -> None:
    """Raise UsageError for every name that no catalogue has."""
    of_hardware, others = split_settings(settings)
    if hardware is not None:
        override_hardware(load.hardware_by_id(hardware, "--hardware"), of_hardware)
    asked = load.workload_by_id(workload or DEFAULT_WORKLOAD, "--workload")
    payer = load.organization_by_id(organization or DEFAULT_ORGANIZATION, "--organization")
    apply_overrides(asked, payer, others)
