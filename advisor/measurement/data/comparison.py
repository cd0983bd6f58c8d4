"""All samples against each other: equal ones first, then those that are alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from advisor.duplicates.exact import Digests, DigestStore
from advisor.duplicates.near import Likeness, Signatures, SignatureStore
from advisor.measurement.data.report import Duplicates, Pair
from advisor.measurement.progress import Report


class Comparison:
    """Takes samples as they are read; `likeness` is None where near ones are not looked for."""

    def __init__(self, folder: Path, likeness: Likeness | None) -> None:
        self._digests = DigestStore(folder)
        self._signatures = SignatureStore(folder, likeness) if likeness else None
        self._names: list[str] = []

    @property
    def samples(self) -> int:
        return self._digests.samples

    def add(
        self,
        digests: Digests,
        labels: npt.NDArray[np.uint64],
        signatures: Signatures | None,
        names: Sequence[str] | None,
    ) -> None:
        """Take a chunk: arrays with a row a sample, `labels` 0 where there is none."""
        self._digests.add(digests, labels)
        if self._signatures is not None and signatures is not None:
            self._signatures.add(signatures)
        if names is not None:
            self._names.extend(names)

    def duplicates(self, progress: Report) -> Duplicates:
        progress("comparing: equal samples", 0.0)
        equal = self._digests.equal_samples()
        near: int | None = None
        near_examples: tuple[tuple[int, int], ...] = ()
        criterion = "not looked for"
        if self._signatures is not None:
            alike, near_examples = self._signatures.alike_an_earlier(
                equal.first, lambda fraction: progress("comparing: alike samples", fraction)
            )
            near, criterion = int(alike.sum()), self._signatures.likeness.criterion
        return Duplicates(
            exact=int(self.samples - equal.first.sum()),
            near=near,
            criterion=criterion,
            conflicting_groups=equal.conflicting_groups,
            conflicting_samples=equal.conflicting_samples,
            exact_examples=self._pairs(equal.examples),
            near_examples=self._pairs(near_examples),
        )

    def _pairs(self, pairs: Iterable[tuple[int, int]]) -> tuple[Pair, ...]:
        return tuple(Pair(self._name(sample), self._name(earlier)) for sample, earlier in pairs)

    def _name(self, sample: int) -> str:
        return self._names[sample] if self._names else f"sample {sample + 1}"
