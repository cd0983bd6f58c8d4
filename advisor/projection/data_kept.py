"""The shares of samples and labels that are kept, under strategies that leave some out.

What is known of the data at hand comes from the workload (`data.duplicate_fraction`, which a data
report sets); else from what was published of others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advisor.catalog.quantity import Quantity, Source
from advisor.projection.lines import Input
from advisor.projection.operators import Floats
from advisor.projection.scenario import Case, Cases, Scenario, costly, helpful
from advisor.projection.setup import Setup

PUBLISHED_DUPLICATES = Quantity(
    low=0.0039, expected=0.0395, high=0.1363,
    source=Source(
        "Lee et al. 2021, arXiv 2107.06499, near duplicates in the training parts of Wiki-40B, C4, "
        "LM1B and RealNews", "2022-03", "low",
        "0.39, 3.04, 4.86 and 13.63%; expected is the median. Texts: other data may differ",
    ),
)  # fmt: skip


def duplicate_fraction(scenario: Scenario) -> Quantity:
    """Share of the samples that repeat others."""
    return scenario.workload.data.duplicate_fraction or PUBLISHED_DUPLICATES


def samples_kept(scenario: Scenario, setups: Sequence[Setup], case: Cases) -> Floats:
    """Share of the samples trained on and stored, shape (setups,)."""
    kept = 1 - helpful(duplicate_fraction(scenario), case)
    return np.where([setup.deduplicated for setup in setups], kept, 1.0)


def labels_kept(scenario: Scenario, setups: Sequence[Setup], case: Case) -> Floats:
    """Share of the labels bought, shape (setups,).

    Those that are picked are no duplicates as long as fewer are picked than there are of others.
    """
    chosen: Floats = np.array([setup.labels_share for setup in setups])
    return np.minimum(chosen, samples_kept(scenario, setups, case))


def kept_input(scenario: Scenario, kept: Floats, what: str, *, left_out: bool) -> tuple[Input, ...]:
    """`kept` (setups,) as an input of a line; none unless `left_out` says that any setup asks.

    What is left out may be nothing at one end of its range: all ends have the same inputs.
    """
    if not left_out:
        return ()
    given = scenario.workload.data.duplicate_fraction is not None
    known = f"workload {scenario.workload.id}: data.duplicate_fraction" if given else "published"
    source = duplicate_fraction(scenario).source
    return (Input(f"share of {what} kept", kept, f"of the {what}", known, source),)


PUBLISHED_PACKED = Quantity(
    low=0.25, expected=0.72, high=1.0,
    source=Source(
        "Postgres Pro AXE documentation, 8.1 (Parquet 2 to 4 times smaller than CSV); apache "
        "parquet-mr PoweredBy.md (28% saved on Twitter's clusters)", "2026-11-26", "low",
        "of tables; images, audio and video are compressed already and stay as large: the high end",
    ),
)  # fmt: skip
"""Bytes in compressed columns over those that are stored."""


def packed_fraction(scenario: Scenario) -> Quantity:
    """Bytes of the data in compressed columns over those that are stored."""
    return scenario.workload.data.packed_fraction or PUBLISHED_PACKED


def packed_share(scenario: Scenario, setups: Sequence[Setup], case: Case) -> Floats:
    """Bytes stored over those of the data as it came, shape (setups,)."""
    packed = costly(packed_fraction(scenario), case)
    return np.where([setup.compressed_columns for setup in setups], packed, 1.0)


def packed_input(scenario: Scenario, setups: Sequence[Setup], packed: Floats) -> tuple[Input, ...]:
    """`packed` (setups,) as an input of a line; none where no setup packs anything."""
    if not any(setup.compressed_columns for setup in setups):
        return ()
    given = scenario.workload.data.packed_fraction is not None
    known = f"workload {scenario.workload.id}: data.packed_fraction" if given else "published"
    source = packed_fraction(scenario).source
    return (Input("bytes in compressed columns", packed, "of those stored", known, source),)
