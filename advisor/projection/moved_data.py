"""Data moved from object storage to a colder tier: how much, at what price, and what is read back.

What is moved is what training reads last. A run that reads more than what was left at hand reads
the rest back, and a colder tier is paid for that by the gigabyte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.catalog.quantity import Quantity, Source
from advisor.projection.lines import Input
from advisor.projection.scenario import Case, Scenario, costly
from advisor.projection.setup import Setup

READ_BY_A_RUN = Quantity(
    low=0.1, expected=1.0, high=1.0,
    source=Source(
        "an assumption: nobody looked (data.read_fraction), so that a run is taken to read all",
        "2026-11-26", "low",
    ),
)  # fmt: skip
"""Of what is in object storage, what one training run reads."""


@dataclass(frozen=True)
class Moved:
    """Arrays of shape (setups,), 0 where nothing is moved."""

    share: Input
    """Of what is in object storage."""
    price: Input
    read_back: Input
    """Of what is in object storage, times a month."""
    retrieval: Input
    missing: str | None
    missing_retrieval: str | None


def read_by_a_run(scenario: Scenario) -> Quantity:
    """Of what is in object storage, what one training run reads."""
    return scenario.workload.data.read_fraction or READ_BY_A_RUN


def moved_data(scenario: Scenario, setups: Sequence[Setup], case: Case) -> Moved | None:
    """None where no setup of the batch moves anything.

    Experiments read what the run that is kept reads: it is read back once for all of them.
    """
    share = np.array([0.0 if each.colder_tier is None else each.colder_share for each in setups])
    if not np.any(share):
        return None
    workload, storage = scenario.workload, scenario.organization.storage
    at_hand = 1 - costly(read_by_a_run(scenario), case)
    read = np.maximum(share - at_hand, 0.0) * workload.training.runs_per_month
    tiers = [each.colder_tier if part else None for each, part in zip(setups, share, strict=True)]
    wanted = sorted({tier for tier in tiers if tier is not None})
    owner = f"organization {scenario.organization.id}: storage"

    def prices(known: dict[str, Quantity]) -> list[float]:
        found = {tier: costly(known[tier], case) if tier in known else np.nan for tier in wanted}
        return [0.0 if tier is None else found[tier] for tier in tiers]

    def missing(known: dict[str, Quantity], what: str) -> str | None:
        lacking = [tier for tier in wanted if tier not in known]
        return f"{what} {', '.join(lacking)}: not given" if lacking else None

    def source(known: dict[str, Quantity]) -> Source | None:
        return next((known[tier].source for tier in wanted if tier in known), None)

    kept, back = dict(storage.tiers_usd_per_gb_month), dict(storage.retrieval_usd_per_gb)
    return Moved(
        share=Input("share moved", share, "of object storage", "strategy: storage tiering"),
        price=Input(
            "moved storage", np.array(prices(kept)), "USD/GB-month",
            f"{owner}.tiers_usd_per_gb_month", source(kept),
        ),
        read_back=Input(
            "share read back a month", read, "of object storage",
            f"workload {workload.id}: data.read_fraction, training.runs_per_month",
            read_by_a_run(scenario).source,
        ),
        retrieval=Input(
            "price of reading back", np.array(prices(back)), "USD/GB",
            f"{owner}.retrieval_usd_per_gb", source(back),
        ),
        missing=missing(kept, "price of storage in"),
        missing_retrieval=missing(back, "price of reading back from"),
    )  # fmt: skip
