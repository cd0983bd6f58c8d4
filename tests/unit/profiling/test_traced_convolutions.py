"""A convolution without values gives the trace that one with values gives."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - PyTorch's own convention

from advisor.models.loaded import LoadedModel
from advisor.profiling.counting import count_phases
from advisor.profiling.replica import meta_replica, sharing_replica


@pytest.mark.parametrize(
    ("module", "shape"),
    [
        (nn.Conv1d(4, 6, 3, stride=2, padding=1), (2, 4, 9)),
        (nn.Conv2d(4, 6, (3, 5), padding="same", dilation=(2, 1)), (2, 4, 9, 8)),
        (nn.Conv2d(4, 6, 4, padding="same"), (2, 4, 9, 8)),
        (nn.Conv2d(4, 6, 3, padding="valid", groups=2, bias=False), (2, 4, 9, 8)),
        (nn.Conv2d(4, 6, 3, padding=1, padding_mode="reflect"), (2, 4, 9, 8)),
        (nn.Conv2d(4, 6, 3), (4, 9, 8)),
        (nn.Conv3d(4, 6, 2, stride=(1, 2, 2)), (2, 4, 3, 4, 4)),
        (nn.ConvTranspose1d(4, 6, 3, stride=2, output_padding=1), (2, 4, 9)),
        (nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, groups=2), (2, 4, 9, 8)),
        (nn.ConvTranspose2d(4, 6, 3, dilation=2), (4, 9, 8)),
        (nn.ConvTranspose3d(4, 6, 2, stride=2), (1, 4, 2, 3, 4)),
    ],
)
def test_rows_are_those_of_real_tensors(module: Any, shape: Any) -> None:
    model = LoadedModel("test", module.eval(), (torch.ones(shape),))
    without, real = (count_phases(model, copy)[0] for copy in (meta_replica, sharing_replica))
    assert without.phase == real.phase
    assert without.counted_by == real.counted_by == "fvcore"


def test_public_functions_are_as_before() -> None:
    before = (torch.conv2d, F.conv2d, torch.conv_transpose1d)
    count_phases(LoadedModel("test", nn.Conv2d(1, 1, 1), (torch.ones(1, 1, 2, 2),)), meta_replica)
    assert before == (torch.conv2d, F.conv2d, torch.conv_transpose1d)
