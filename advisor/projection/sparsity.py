"""Which linear layers run a 2:4 sparse kernel, and what that saves.

A matrix unit that knows the pattern skips the half of the arithmetic that is zero (Mishra et al.
2021, "Accelerating Sparse Deep Neural Networks", §3). Everywhere else zeros are computed with.
"""

from __future__ import annotations

import numpy as np

from advisor.projection.columns import SetupColumns
from advisor.projection.operators import LINEAR, Flags, Floats, OperatorTable

SPARSE_RATE = 1.7
"""Of large products over dense ones, as measured (torchao sparsity read-me, 2025-01); the units
could do 2. Small products gain less: half of the inner dimension is left to fill the pipeline."""


def runs_sparse(table: OperatorTable, columns: SetupColumns) -> Flags | None:
    """Which operators do, shape (setups, operators); None where no setup has a kernel for any."""
    multiple = columns.sparse_multiple[:, None]
    if np.all(np.isinf(multiple)):
        return None
    fitting = (table.n % multiple == 0) & (table.k % multiple == 0)
    return np.asarray(fitting & (table.classes == LINEAR) & (table.n > 0))


def sparse_ratio(sparse: Flags | None, of_sparse: Floats | float) -> Floats | float:
    """`of_sparse` for the operators that run sparse, and 1 for the rest."""
    return 1.0 if sparse is None else np.where(sparse, of_sparse, 1.0)


def stored_share(table: OperatorTable, columns: SetupColumns) -> Floats | float:
    """Bytes of all linear weights against those without 2:4, shape (setups,)."""
    sparse = runs_sparse(table, columns)
    if sparse is None:
        return 1.0
    held = np.where(table.classes == LINEAR, table.weight_bytes * table.repeats, 0.0)
    ratio = sparse_ratio(sparse, columns.sparse_stored[:, None])
    return np.asarray(np.sum(held * ratio, axis=1) / max(float(np.sum(held)), 1.0))
