"""What of the sequences of a training set is left when samples are put end to end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advisor.catalog.quantity import Quantity
from advisor.projection.operators import Floats
from advisor.projection.scenario import Cases, Scenario, helpful
from advisor.projection.setup import Setup

# Where nobody looked: sequences cut from running text have no padding, an instruction set padded
# to its longest answer 70% (3.38 times the tokens a second packed, torchtune's README, 2026-04).
# Nothing is promised for what is not known.
PADDING_SHARE = Quantity(low=0.0, expected=0.0, high=0.7)


def sequences_kept(scenario: Scenario, setups: Sequence[Setup], case: Cases) -> Floats:
    """The share of sequences that is still computed, shape (setups,); 1 without tokens."""
    packed = np.array([setup.packed_sequences for setup in setups])
    training = scenario.workload.training
    if training.tokens_per_sample is None:
        return np.ones(len(setups))
    padding = training.padding_share or PADDING_SHARE
    return np.where(packed, 1.0 - helpful(padding, case), 1.0)
