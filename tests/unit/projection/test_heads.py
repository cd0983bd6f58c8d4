"""Fewer heads: less of attention, its projections and its cache, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.catalog import load
from advisor.projection.check import project_stored_bytes
from advisor.projection.columns import setup_columns
from advisor.projection.memory import key_value_bytes
from advisor.projection.operators import operator_table
from advisor.projection.setup import Setup
from advisor.projection.time import Load, work
from tests.support.profiles import convnet, decoder, encoder

PART = load.hardware_by_id("a100-80-sxm")
SETUPS = [Setup(), Setup(heads_removed=0.5)]


def test_attention_and_its_projections_compute_half() -> None:
    profile = encoder(layers=2)
    table, one = operator_table(profile.phases[0]), np.ones(2)
    columns = setup_columns(SETUPS, profile.dtype, PART)
    load_ = Load(one, one * table.query_tokens, one * table.context_tokens, one)
    flops = work(table, columns, load_).calls.flops
    ratio = flops[1, table.flops > 0] / flops[0, table.flops > 0]
    inside = table.in_attention[table.flops > 0]
    assert inside.sum() == 3
    assert ratio[inside] == pytest.approx([0.5] * 3)
    assert np.all(ratio[~inside] == 1)


def test_weights_fall_by_what_attention_has_of_them() -> None:
    # 4 of the 12 hidden² parameters of a layer are those of attention.
    before, after = project_stored_bytes(encoder(), PART, SETUPS)
    assert after / before == pytest.approx(1 - 0.5 * 4 / 12)


def test_the_cache_holds_half_the_keys_and_values() -> None:
    profile = decoder()
    columns = setup_columns(SETUPS, profile.dtype, PART)
    whole, half = key_value_bytes(profile, columns, 1000.0)
    assert half == whole / 2


def test_channels_and_heads_are_apart() -> None:
    setups = [Setup(channels_removed=0.5), Setup(channels_removed=0.5, heads_removed=0.5)]
    channels, both = project_stored_bytes(encoder(), PART, setups)
    plain, heads = project_stored_bytes(encoder(), PART, SETUPS)
    assert channels - both == pytest.approx(plain - heads)
    assert channels < plain


def test_a_network_without_attention_has_no_heads() -> None:
    before, after = project_stored_bytes(convnet(), PART, SETUPS)
    assert before == after
