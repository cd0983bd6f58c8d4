"""Two of four weights, stored and multiplied by the GPU's sparse units."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from advisor.errors import StrategyError
from advisor.measurement.size import stored_bytes
from advisor.models.loaded import LoadedModel
from advisor.strategies.semi_structured_sparsity import apply, convert

HAS_UNITS = torch.cuda.is_available() and torch.cuda.get_device_capability() >= (8, 0)
needs_units = pytest.mark.skipif(not HAS_UNITS, reason="no sparse matrix units")


def _layers(dtype: torch.dtype) -> LoadedModel:
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(1024, 4096), nn.GELU(), nn.Linear(4096, 1024))
    inputs = torch.randn(256, 1024, device="cuda", dtype=dtype)
    return LoadedModel("layers", module.cuda().to(dtype).eval(), (inputs,))


@needs_units
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_the_sparse_layers_answer_as_the_dense_ones_with_zeros(dtype: torch.dtype) -> None:
    dense = apply(_layers(dtype), {})
    sparse = convert(LoadedModel("sparse", copy.deepcopy(dense.module), dense.inputs), {})
    with torch.no_grad():
        expected, found = (each.module(*dense.inputs).float() for each in (dense, sparse))
    assert (expected - found).norm() / expected.norm() < 0.02
    assert stored_bytes(sparse.module) / stored_bytes(dense.module) == pytest.approx(
        0.563, abs=0.01
    )


@needs_units
def test_weights_of_32_bits_are_refused() -> None:
    with pytest.raises(StrategyError, match="switch bf16 on with it"):
        convert(apply(_layers(torch.float32), {}), {})
