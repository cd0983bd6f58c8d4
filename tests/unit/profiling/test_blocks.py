"""Few blocks of each kind stand for all of a chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from advisor.models.loaded import LoadedModel
from advisor.profiling.blocks import Shortcut

CHAINS = st.text("abc", min_size=5, max_size=20)


def shortcut(chain: str) -> Shortcut:
    """A shortcut through a model that tells in its reference which blocks it was cut to."""
    model = LoadedModel("whole", nn.Identity())

    def with_layers(indices: Sequence[int]) -> LoadedModel:
        return LoadedModel("".join(chain[index] for index in indices), nn.Identity())

    numbers = {kind: number for number, kind in enumerate(dict.fromkeys(chain))}
    cut = LoadedModel(model.reference, model.module, with_layers=with_layers)
    return Shortcut(cut, tuple(numbers[each] for each in chain))


@given(CHAINS)
def test_the_sampled_blocks_stand_for_each_block_once(chain: str) -> None:
    way = shortcut(chain)
    sampled = way.sample.reference
    told = [block for index in range(len(sampled)) for block in way.stands_for(index)]
    assert sorted(told) == list(range(len(chain)))
    for index, kind in enumerate(sampled):
        assert {chain[block] for block in way.stands_for(index)} <= {kind}


@given(CHAINS)
def test_one_block_of_each_kind_and_one_more_are_sampled(chain: str) -> None:
    sampled = Counter(shortcut(chain).sample.reference)
    [(kind, _)] = (sampled - Counter(set(chain))).items()
    assert Counter(chain)[kind] == max(Counter(chain).values())
