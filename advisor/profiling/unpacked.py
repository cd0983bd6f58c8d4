"""Attention masks on tensors without values, as the same tensors with values get them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from torch._subclasses import FakeTensor

_MASKS = "transformers.masking_utils"
_FINDER = "find_packed_sequence_indices"


@contextmanager
def unpacked_sequences() -> Iterator[None]:
    """Let the transformers library take each row of token ids without values for one sequence.

    It reads from the values of positions whether rows are packed with several sequences. Where
    there are no values it makes a mask in case they are, and with it takes kernels and copies of
    keys and values that a real run does without.
    """
    masks: Any = sys.modules.get(_MASKS)
    find = getattr(masks, _FINDER, None)
    if find is None:
        yield
        return

    def found(position_ids: Any) -> Any:
        no_values = isinstance(position_ids, FakeTensor) or position_ids.is_meta
        return None if no_values else find(position_ids)

    with mock.patch.object(masks, _FINDER, found):
        yield
