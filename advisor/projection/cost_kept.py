"""What is kept of a model and sent out of it: checkpoints, finished versions, answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from advisor.projection.adapters import adapters
from advisor.projection.lines import CostLine, Input, asked, paid
from advisor.projection.operators import Floats
from advisor.projection.optimizers import OPTIMIZERS
from advisor.projection.scenario import Case, Scenario
from advisor.projection.setup import Setup

BYTES_PER_GB = 1e9
CHECKPOINTS = "checkpoints"


def keeping_lines(
    scenario: Scenario, setups: Sequence[Setup], weights_bytes: Floats, case: Case
) -> Iterator[CostLine]:
    """Checkpoints to go on from, versions in the registry, and answers sent out.

    `weights_bytes` (setups,) are those of the finished model. A checkpoint holds the parameters
    that are trained and the optimizer's states.
    """
    stored = paid(
        scenario, "storage.object_usd_per_gb_month", "price of storage", "USD/GB-month", case
    )
    held = scenario.profile.memory
    tracked = bool(held.training_moments)
    states = np.array([OPTIMIZERS[setup.optimizer].state_share for setup in setups])
    share = adapters(scenario.profile, setups).trained_share
    whole = share * (held.parameters_bytes + states * held.optimizer_bytes)
    whole = whole if tracked else np.full_like(weights_bytes, np.nan)
    state = Input("bytes of a checkpoint", whole, "bytes", "profile: parameters and optimizer")
    yield _kept(
        scenario, "training.checkpoints_kept", CHECKPOINTS, state, stored,
        np.zeros_like(weights_bytes),
    )  # fmt: skip
    finished = Input("bytes of a version", weights_bytes, "bytes", "projected")
    yield _kept(
        scenario, "training.registry_versions", "registry", finished, stored,
        np.ones_like(weights_bytes),
    )  # fmt: skip
    requests = asked(scenario, "serving.requests_per_month", "requests", "a month")
    size = asked(scenario, "serving.response_bytes", "bytes of a response", "bytes")
    price = paid(scenario, "storage.egress_usd_per_gb", "price of egress", "USD/GB", case)
    sent = np.full_like(weights_bytes, requests.value * size.value / BYTES_PER_GB)
    yield CostLine(
        "training_and_deployment", "egress", sent, "GB", np.full_like(sent, price.value),
        "requests × bytes of a response ÷ 10⁹ × price of egress",
        inputs=(requests, size, price), serving_share=np.ones_like(sent),
    )  # fmt: skip


def _kept(
    scenario: Scenario, key: str, name: str, size: Input, price: Input, share: Floats
) -> CostLine:
    count = asked(scenario, key, f"{name} kept", "copies")
    # Nothing kept takes no room, however large one is.
    one = size.value if count.value > 0 else 0.0
    kept = one / BYTES_PER_GB * count.value * np.ones_like(share)
    return CostLine(
        "training_and_deployment", name, kept, "GB", price.value * np.ones_like(share),
        f"{count.name} × {size.name} ÷ 10⁹ × price of storage",
        missing=f"bytes of a checkpoint of {scenario.profile.reference}: training it could not be "
        "tracked" if np.isnan(kept).any() else None,
        inputs=(count, size, price), serving_share=share,
    )  # fmt: skip
