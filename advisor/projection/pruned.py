"""How much of each operator pruning leaves: whole channels, in multiples of four, and heads."""

from __future__ import annotations

import numpy as np

from advisor.projection.columns import SetupColumns
from advisor.projection.kept import kept_with
from advisor.projection.operators import CONVOLUTION, LINEAR, Floats, OperatorTable

CHANNEL_MULTIPLE = 4.0
"""Layers keep channels in multiples of this (torch-pruning's `round_to`, as it is applied)."""
_USUAL_WINDOW = 9.0
"""Of a convolution only channels times window are known; most windows are three by three."""


def kept_channels(table: OperatorTable, columns: SetupColumns) -> Floats:
    """Share of its channels, of attention of its heads, that each operator keeps.

    Shape (setups, operators) or (setups, 1).

    Its multiply-adds are kept ** exponent, so of a product that loses both sides it is the
    geometric mean of theirs.
    """
    heads = columns.heads_kept[:, None]
    if np.all(columns.channels_kept == 1):
        channels = columns.channels_kept[:, None]
        return channels if np.all(heads == 1) else np.where(table.in_attention, heads, channels)
    levels, level = np.unique(columns.channels_kept, return_inverse=True)
    channels = np.stack([_kept(table, float(each)) for each in levels])[level.ravel()]
    return np.where(table.in_attention, heads, channels)


def _kept(table: OperatorTable, kept: float) -> Floats:
    read = table.k / _values_a_channel(table)
    one = np.maximum(table.n, read)  # the model's inputs and classes are fewer than its channels
    both = np.sqrt(_rounded(table.n, kept) * _rounded(read, kept))
    return np.where(table.pruning_exponent > 1, both, _rounded(one, kept))


@kept_with
def _values_a_channel(table: OperatorTable) -> Floats:
    """How many of the values that an operator reads for one of its results are of one channel.

    The window of a convolution; the pixels of a map that lies flat before a linear layer, which
    loses whole channels of it.
    """
    convolution = table.classes == CONVOLUTION
    values = np.where(convolution & (table.k % _USUAL_WINDOW == 0), _USUAL_WINDOW, 1.0)
    before = 0.0  # channels that the convolution before makes
    for index in np.flatnonzero(convolution | (table.classes == LINEAR)):
        if not convolution[index] and before and table.k[index] % before == 0:
            values[index] = table.k[index] / before
        before = float(table.n[index]) if convolution[index] else 0.0
    return np.asarray(values)


def _rounded(channels: Floats, kept: float) -> Floats:
    """The share after rounding; `kept` itself where channels are unknown or too few to round."""
    whole = np.floor(channels * kept / CHANNEL_MULTIPLE) * CHANNEL_MULTIPLE
    return np.where((whole > 0) & (kept < 1), whole / np.maximum(channels, 1.0), kept)
