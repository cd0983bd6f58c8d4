from __future__ import annotations

import torch
from torch import nn

from advisor.measurement.size import stored_bytes


def test_parameters_and_buffers_count() -> None:
    module = nn.BatchNorm1d(8)  # weight, bias, mean and variance of 8 floats, a 64-bit counter
    assert stored_bytes(module) == 4 * 8 * 4 + 8


def test_tied_weights_count_once() -> None:
    one, two = nn.Linear(16, 16, bias=False), nn.Linear(16, 16, bias=False)
    two.weight = nn.Parameter(one.weight.detach())  # another object, the same memory
    assert stored_bytes(nn.Sequential(one, two)) == 16 * 16 * 4


def test_weights_tied_across_a_transpose_count_once() -> None:
    one, two = nn.Linear(16, 16, bias=False), nn.Linear(16, 16, bias=False)
    two.weight = nn.Parameter(one.weight.detach().T)
    assert stored_bytes(nn.Sequential(one, two)) == 16 * 16 * 4


def test_views_of_one_large_storage_count_what_they_show() -> None:
    module = nn.Linear(8, 8)
    flat = torch.zeros(1000)
    module.weight = nn.Parameter(flat[:64].view(8, 8))
    module.bias = nn.Parameter(flat[64:72])
    assert stored_bytes(module) == 72 * 4


def test_quantized_weights_count_their_integers_and_scales() -> None:
    from torchao.quantization import Int8WeightOnlyConfig, quantize_

    module = nn.Sequential(nn.Linear(256, 128, bias=False))
    quantize_(module, Int8WeightOnlyConfig())
    integers, scales, zero_points = 256 * 128, 128 * 4, 128  # the last only in some versions
    assert stored_bytes(module) in {integers + scales, integers + scales + zero_points}


def test_module_without_tensors_takes_nothing() -> None:
    assert stored_bytes(nn.ReLU()) == 0
