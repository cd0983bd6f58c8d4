"""Two models in turn: a student answers, and passes on what it is unsure of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from advisor.catalog.quantity import Quantity, Source
from advisor.projection.operators import Floats
from advisor.projection.scenario import CaseRows, Scenario, costly
from advisor.projection.serving import Served

PASSED_ON = Quantity(
    low=0.1, expected=0.4, high=0.6,
    source=Source(
        "developer.mittwald.de, AI hosting, cascade routing (40 to 80% of the cost saved with less "
        "than 1% of quality lost: 20 to 60% passed on); livebook.manning.com, rearchitecting LLMs, "
        "13.6 (11 to 13% of 54 requests)", "2026-11-26", "low",
        "rules of thumb of a vendor and a small trial, of language models; measure your own",
    ),
)  # fmt: skip
"""Share of the requests that the student is not sure enough of."""


def passed_on(case: CaseRows) -> Floats:
    """That share for each setup, shape (setups,)."""
    return np.asarray(np.broadcast_to(costly(PASSED_ON, case), case.shape))


def passed_batch(batch_size: Floats, passed: Floats) -> Floats:
    """Requests of a batch that are passed on together, at least one."""
    return np.maximum(np.round(batch_size * passed), 1.0)


def anything_passed(batch_size: Floats, passed: Floats) -> Floats:
    """How likely it is that any request of a batch is passed on."""
    return np.asarray(1 - (1 - passed) ** batch_size)


def cascaded(
    scenario: Scenario, small: Served, large: Served, small_bytes: Floats, passed: Floats
) -> Served:
    """Both as one, on the accelerators of the large one; `large` is at the batch passed on.

    A batch runs through the small model, and what is passed on of it through the large one, where
    that is anything: unlikely of a single request, nearly certain of many. Objectives are of the
    slowest, which runs through both. Both models' weights lie in memory.
    """
    some = anything_passed(small.batch_size, passed)
    mean = small.latency_s + some * large.latency_s
    slowest = small.gathering_s + small.latency_s + large.latency_s
    limit_ms = scenario.workload.serving.latency_objective_ms
    memory = np.maximum(large.memory_bytes + small_bytes / large.accelerators, small.memory_bytes)
    return replace(
        small,
        latency_s=mean,
        requests_per_s=small.batch_size / mean,
        memory_bytes=memory,
        accelerators=large.accelerators,
        fits=small.fits & large.fits,
        meets_objectives=slowest <= (np.inf if limit_ms is None else limit_ms / 1e3),
        variation=some * (1 - some) * (large.latency_s / mean) ** 2,
    )
