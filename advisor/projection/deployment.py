"""What a batch of setups runs on and under, beside its number formats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.catalog.hardware import Hardware
from advisor.projection.columns import SetupColumns
from advisor.projection.operators import Flags, Floats
from advisor.projection.parallel import Layout, layout
from advisor.projection.scenario import Cases, Scenario
from advisor.projection.serving_engine import EngineColumns, Running, engine_columns
from advisor.projection.setup import Setup


@dataclass(frozen=True)
class Deployed:
    """Layouts, engines and attention of a batch of setups, beside their number formats."""

    layout: Layout
    engine: EngineColumns
    fused_attention: Flags
    """Where the model writes its attention out, a fused kernel replaces it."""

    def repeated(self, times: int) -> Deployed:
        return Deployed(
            self.layout.repeated(times),
            self.engine.repeated(times),
            np.repeat(self.fused_attention, times),
        )

    def running(
        self, scenario: Scenario, columns: SetupColumns, tensor: Floats, case: Cases
    ) -> Running:
        return Running(
            scenario.profile, scenario.hardware, columns, self.engine, tensor,
            self.layout.pipeline, self.fused_attention, case,
        )  # fmt: skip


def deployed(setups: Sequence[Setup], hardware: Hardware, case: Cases) -> Deployed:
    """The deployments of `setups`, as `served_setup` gives them, as arrays.

    Raises UnknownNameError where an engine does not serve.
    """
    fused = np.array([setup.attention == "fused" for setup in setups])
    return Deployed(layout(setups), engine_columns(setups, hardware, case), fused)
