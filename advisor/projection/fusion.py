"""What a compiler leaves of the traffic of streaming operators that follow each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from advisor.profiling.profile import Operator
from advisor.projection.autocast import is_sum

Floats = NDArray[np.float64]


def fused_runs(
    operators: Sequence[Operator], fusible: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """Bytes read, bytes written and launches of each row, once each fusible run is one kernel.

    A fused run reads what its operators read beside the result of the one before them. It writes
    what its last one writes, and each sum that a later run adds to (a residual stream); what
    else passes between them stays in registers. Matrix products and attention stay as they are.
    """
    size = len(operators)
    inputs, outputs, launches = (np.zeros(size) for _ in range(3))
    run, sums = 0, dict[int, tuple[int, int]]()
    for index, operator in enumerate(operators):
        starts = not fusible[index] or index == 0 or not fusible[index - 1]
        ends = not fusible[index] or index == size - 1 or not fusible[index + 1]
        run += int(starts)
        passed = 0 if starts else operators[index - 1].output_bytes
        inputs[index] = max(operator.input_bytes - passed, 0)
        outputs[index] = operator.output_bytes if ends else 0
        launches[index] = 1 if starts else 0
        if is_sum(operator):
            earlier, of_run = sums.get(operator.output_bytes, (index, run))
            if of_run != run:
                outputs[earlier] = operators[earlier].output_bytes
            sums[operator.output_bytes] = (index, run)
    return inputs, outputs, launches
