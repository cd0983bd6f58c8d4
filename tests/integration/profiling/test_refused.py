"""Models whose operators or weights cannot be seen are refused, with what to do instead."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import nn
from torch._C._distributed_c10d import FileStore

from advisor.errors import ModelError
from advisor.models.loaded import LoadedModel
from advisor.profiling.run import profile

WIDTH = 8


def refused(module: Any) -> str:
    with pytest.raises(ModelError) as caught:
        profile(LoadedModel("test", module, (torch.ones(4, WIDTH),)))
    return str(caught.value)


@pytest.fixture
def process_group(tmp_path: Any) -> Iterator[None]:
    store = FileStore(str(tmp_path / "store"), 1)
    torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()


def test_a_model_in_fsdp(process_group: None) -> None:
    from torch.distributed.fsdp import fully_shard

    split: Any = fully_shard(nn.Sequential(nn.Linear(WIDTH, WIDTH)))
    assert "split by FSDP; profile the model before" in refused(split)


def torchscript() -> Any:
    trace: Any = torch.jit.trace
    return trace(nn.Linear(WIDTH, WIDTH), torch.ones(4, WIDTH))


def quantized() -> nn.Module:
    quantize: Any = torch.ao.quantization.quantize_dynamic
    made: nn.Module = quantize(nn.Sequential(nn.Linear(WIDTH, WIDTH)), {nn.Linear})
    return made


def in_torchao_tensors() -> nn.Module:
    from torchao.quantization import Int8WeightOnlyConfig, quantize_

    model = nn.Sequential(nn.Linear(WIDTH, WIDTH))
    quantize_(model, Int8WeightOnlyConfig())
    return model


def sparse() -> nn.Module:
    layer = nn.Linear(WIDTH, WIDTH, bias=False)
    layer.weight = nn.Parameter(layer.weight.detach().to_sparse())
    return layer


class Leaving(nn.Module):
    def forward(self, x: Any) -> Any:
        raise SystemExit(3)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (torchscript, "give the module it was made of"),
        (quantized, "is quantized, which hides its products; give the model in floating point"),
        (in_torchao_tensors, "'weight' as Int8Tensor, which hides its products"),
        (sparse, "'weight' as sparse_coo"),
        (lambda: nn.Sequential(nn.LazyLinear(WIDTH)), "module '0' has a lazy 'weight'"),
        (Leaving, "SystemExit: 3"),
    ],
)
def test_is_refused_with_the_reason(build: Callable[[], Any], said: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert said in refused(build())
