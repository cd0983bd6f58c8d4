"""What convolutions pay for the layout of their activations and weights."""

from __future__ import annotations

from advisor.catalog.hardware import Hardware
from advisor.projection.setup import Setup

# Changing the layout of all that a convolution touches takes a read and a write of each. cuDNN
# does it for the kernels that gain by it: eager ResNets, DLA and HRNet on an RTX 4090 (timm's
# results, torch 2.4) take 0.18 to 0.38 longer channels first; a quarter of those passes fits them.
LAYOUT_PASSES = 0.5
PROCESSOR_LAYOUT_PASSES = 2.0
"""oneDNN copies the input into blocks of channels and the output out of them: each is read and
written once more ("Understanding Memory Formats", oneDNN developer guide)."""


def layout_passes(setup: Setup, native_dtype: str, hardware: Hardware) -> tuple[float, float]:
    """Those over input and output of a convolution, and of one in groups.

    On an accelerator, of one computed on matrix units, whose kernels want channels last; those in
    TF32 want it as those in 16 bits do (NVIDIA, "Convolutional Layers User's Guide", on tensor
    layouts). A compiler lays the whole graph out so.
    """
    if setup.channels_last or setup.execution != "eager":
        return 0.0, 0.0
    if hardware.is_cpu:
        return PROCESSOR_LAYOUT_PASSES, PROCESSOR_LAYOUT_PASSES
    half = (
        setup.autocast or setup.float_format != "native" or native_dtype in ("float16", "bfloat16")
    )
    on_matrix_units = half or hardware.compute.peak_flops("tf32") is not None
    return (LAYOUT_PASSES if on_matrix_units else 0.0), 0.0


def blocked_copies(setup: Setup, hardware: Hardware) -> tuple[float, float]:
    """Copies of its output and of its weight that a convolution holds when it holds most.

    oneDNN computes in blocks of channels. Channels first, the output is made so and then copied,
    when the blocked weight is gone already. Channels last, it is written in place beside the
    blocked weight; a compiler lays the weight out channels last before that.
    """
    if not hardware.is_cpu:
        return 0.0, 0.0
    if setup.execution != "eager":
        return 0.0, 2.0
    return (0.0, 1.0) if setup.channels_last else (1.0, 0.0)
