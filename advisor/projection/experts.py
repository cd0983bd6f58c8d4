"""The experts of a mixture in training: their share of the model, and what ranks send for them."""

from __future__ import annotations

import numpy as np

from advisor.profiling.profile import ModelProfile
from advisor.projection.columns import SetupColumns
from advisor.projection.operators import Floats, operator_table
from advisor.projection.parallel import Layout, all_to_all_seconds
from advisor.projection.phases import training_table
from advisor.projection.scenario import Cases, Scenario
from advisor.projection.training_load import TrainingLoad

EXCHANGES = 4.0
"""Of a layer: tokens to their experts and back, in the forward pass and in the backward pass."""


def experts_share(profile: ModelProfile) -> float:
    """Share of the parameters that routed experts hold; 0 where the model is no mixture."""
    table = operator_table(profile.phases[0])
    routed = float(np.sum((table.weight_bytes * table.repeats)[table.routed]))
    return min(routed / max(profile.memory.parameters_bytes, 1), 1.0)


def held_share(profile: ModelProfile, where: Layout) -> Floats:
    """Parameters a data-parallel rank holds over all of them, shape (setups,)."""
    share = experts_share(profile)
    return np.asarray(1 - share + share / where.expert)


def exchange_seconds(
    scenario: Scenario, columns: SetupColumns, where: Layout, load: TrainingLoad, case: Cases
) -> Floats:
    """Seconds one micro-batch spends sending tokens to experts elsewhere, all layers together.

    A token goes to each of its experts; over the network once to each machine that holds one of
    them, and on from there by the links within (DeepSeek-V3, arXiv 2412.19437, §3.2.2).
    """
    decoder = scenario.profile.decoder
    table = training_table(scenario.profile, fused=False)
    # An expert's first product takes the hidden state in.
    first = table.routed & (table.k == (decoder.hidden_size if decoder else 0))
    if decoder is None or not first.any():
        return np.zeros_like(where.expert)
    layers = float(np.max(table.repeats[first]))
    chosen = float(np.max(table.m[first])) / table.query_tokens
    tokens = load.micro_batch * (load.tokens or 1.0)
    state_bytes = decoder.hidden_size * columns.key_value_item_bytes / load.tensor
    spacing = load.tensor * where.pipeline
    once = all_to_all_seconds(
        scenario.hardware, where.expert, spacing, tokens * state_bytes, chosen, case
    )
    passes = EXCHANGES + 2 * where.checkpointing
    return np.asarray(passes * layers * once)
