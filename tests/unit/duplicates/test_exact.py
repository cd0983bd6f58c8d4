from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.duplicates.digests import digests, short_digest
from advisor.duplicates.exact import DigestStore, EqualSamples

SAMPLES = st.lists(st.tuples(st.integers(0, 9), st.sampled_from([None, "a", "b"])), min_size=1)


def equal_samples(samples: list[tuple[int, str | None]], chunk: int = 7) -> EqualSamples:
    with TemporaryDirectory() as folder:
        store = DigestStore(Path(folder))
        for start in range(0, len(samples), chunk):
            part = samples[start : start + chunk]
            labels = [short_digest(label) if label else 0 for _, label in part]
            store.add(digests(str(v).encode() for v, _ in part), np.array(labels, np.uint64))
        return store.equal_samples()


@settings(deadline=None)  # writes files
@given(SAMPLES)
def test_first_of_equal_samples_are_those_a_dictionary_keeps(
    samples: list[tuple[int, str | None]],
) -> None:
    seen: dict[int, int] = {}
    for place, (value, _) in enumerate(samples):
        seen.setdefault(value, place)
    assert np.flatnonzero(equal_samples(samples).first).tolist() == sorted(seen.values())


@settings(deadline=None)  # writes files
@given(SAMPLES)
def test_conflicts_are_equal_samples_with_two_labels(samples: list[tuple[int, str | None]]) -> None:
    labels: dict[int, set[str]] = {}
    for value, label in samples:
        labels.setdefault(value, set()).update([label] if label else [])
    conflicting = {value for value, each in labels.items() if len(each) > 1}
    found = equal_samples(samples)
    assert found.conflicting_groups == len(conflicting)
    assert found.conflicting_samples == sum(value in conflicting for value, _ in samples)


def test_examples_name_the_earliest_pairs() -> None:
    samples: list[tuple[int, str | None]] = [(value % 10, None) for value in range(40)]
    assert equal_samples(samples).examples == ((10, 0), (11, 1), (12, 2), (13, 3), (14, 4))
