"""Profiles made by hand, with the operators that a trace of such a model would hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from advisor.profiling.profile import (
    DecoderProfile,
    MemoryMoment,
    MemoryProfile,
    ModelProfile,
    Operator,
    OperatorKind,
    Phase,
)
from advisor.projection.operators import ITEM_BYTES


def _product(
    name: str, dtype: str, m: int, n: int, k: int, *, repeats: int = 1, exponent: float = 0.0,
    kind: OperatorKind = "matmul",
) -> Operator:  # fmt: skip
    item = ITEM_BYTES[dtype]
    return Operator(
        module=name, name="linear" if kind == "matmul" else "_convolution", kind=kind, dtype=dtype,
        multiply_adds=m * n * k, weight_bytes=n * k * item, input_bytes=m * k * item,
        output_bytes=m * n * item, m=m, n=n, k=k, repeats=repeats, pruning_exponent=exponent,
    )  # fmt: skip


def _stream(
    name: str, kind: OperatorKind, dtype: str, elements: int, repeats: int, exponent: float = 0.0
) -> Operator:
    size = elements * ITEM_BYTES[dtype]
    return Operator(
        name, kind, kind, dtype, 0, 0, size, size, repeats=repeats, pruning_exponent=exponent
    )


def _attention(dtype: str, batch: int, hidden: int, m: int, n: int, repeats: int) -> Operator:
    heads, item = max(hidden // 64, 1), ITEM_BYTES[dtype]
    return Operator(
        module="block.attention", name="scaled_dot_product_attention", kind="attention",
        dtype=dtype, multiply_adds=2 * batch * m * n * hidden, weight_bytes=0,
        input_bytes=batch * (m + 2 * n) * hidden * item, output_bytes=batch * m * hidden * item,
        m=m, n=n, k=hidden // heads, batch=batch * heads, repeats=repeats,
    )  # fmt: skip


def _blocks(
    dtype: str, layers: int, hidden: int, batch: int, tokens: int, context: int
) -> tuple[Operator, ...]:
    """The operators of `layers` transformer blocks over `batch` sequences of `tokens`."""
    rows = batch * tokens
    return (
        _stream("block.norm1", "norm", dtype, rows * hidden, layers),
        _product("block.attention.qkv", dtype, rows, 3 * hidden, hidden, repeats=layers),
        _attention(dtype, batch, hidden, tokens, context, layers),
        _product("block.attention.out", dtype, rows, hidden, hidden, repeats=layers),
        _stream("block.add1", "elementwise", dtype, rows * hidden, layers),
        _stream("block.norm2", "norm", dtype, rows * hidden, layers),
        _product("block.up", dtype, rows, 4 * hidden, hidden, repeats=layers, exponent=1.0),
        _stream("block.gelu", "elementwise", dtype, 4 * rows * hidden, layers),
        _product("block.down", dtype, rows, hidden, 4 * hidden, repeats=layers, exponent=1.0),
        _stream("block.add2", "elementwise", dtype, rows * hidden, layers),
    )


def _profile(
    reference: str, dtype: str, phases: Sequence[Phase], parameters: int, activation_bytes: int,
    kept_activation_bytes: int, decoder: DecoderProfile | None = None, layers: int | None = None,
) -> ModelProfile:  # fmt: skip
    """`activation_bytes` at the peak of a forward pass, the others kept for a backward pass."""
    held = parameters * ITEM_BYTES[dtype]
    return ModelProfile(
        reference=reference, model_type=reference, parameters=parameters,
        active_parameters=parameters, dtype=dtype, weights="random", weights_bytes=held,
        phases=tuple(phases), modules=(),
        memory=MemoryProfile(
            parameters_bytes=held, buffers_bytes=0, inference_activation_bytes=activation_bytes,
            gradients_bytes=held, optimizer_bytes=2 * held,
            training_moments=(
                MemoryMoment("backward", 0, 2 * held, kept_activation_bytes, 0),
                MemoryMoment("step", held, 2 * held, 0, 0),
                MemoryMoment("foreach step", held, 2 * held, 0, held),
            ),
            batch_size=phases[0].batch_size,
            query_tokens=phases[0].query_tokens, method="by hand",
        ),
        counted_by="fvcore", uncounted_operators={}, decoder=decoder, elapsed_s=0.0,
        chain=None if layers is None else "block", blocks=layers,
    )  # fmt: skip


def encoder(
    layers: int = 12, hidden: int = 768, tokens: int = 128, batch_size: int = 1,
    dtype: str = "float32",
) -> ModelProfile:  # fmt: skip
    """A transformer encoder: 12 × hidden² parameters a layer."""
    operators = _blocks(dtype, layers, hidden, batch_size, tokens, tokens)
    phase = Phase("forward", batch_size, operators, tokens, tokens)
    row_bytes = batch_size * tokens * hidden * ITEM_BYTES[dtype]
    parameters = 12 * layers * hidden**2
    return _profile(
        "encoder", dtype, [phase], parameters, 6 * row_bytes, 16 * layers * row_bytes, layers=layers
    )


def decoder(
    layers: int = 32, hidden: int = 4096, prompt_tokens: int = 512, dtype: str = "bfloat16"
) -> ModelProfile:
    """A decoder at batch 1 with as many key-value as query heads."""
    prefill = Phase(
        "prefill", 1, _blocks(dtype, layers, hidden, 1, prompt_tokens, prompt_tokens),
        prompt_tokens, prompt_tokens,
    )  # fmt: skip
    decode = Phase(
        "decode", 1, _blocks(dtype, layers, hidden, 1, 1, prompt_tokens + 1), 1, prompt_tokens + 1
    )
    row_bytes = prompt_tokens * hidden * ITEM_BYTES[dtype]
    shape = DecoderProfile(layers, hidden, 2 * layers * hidden, None)
    parameters = 12 * layers * hidden**2
    return _profile(
        "decoder",
        dtype,
        [prefill, decode],
        parameters,
        6 * row_bytes,
        16 * layers * row_bytes,
        shape,
        layers,
    )


def convnet(
    layers: int = 16, channels: int = 128, pixels: int = 28, batch_size: int = 1,
    dtype: str = "float32",
) -> ModelProfile:  # fmt: skip
    """3 × 3 convolutions of equal width, each followed by a norm and an activation."""
    rows = batch_size * pixels**2
    operators = (
        _product(
            "conv", dtype, rows, channels, 9 * channels, repeats=layers, exponent=2.0, kind="conv"
        ),
        _stream("norm", "norm", dtype, rows * channels, layers, 1.0),
        _stream("relu", "elementwise", dtype, rows * channels, layers, 1.0),
    )
    map_bytes = rows * channels * ITEM_BYTES[dtype]
    parameters = 9 * layers * channels**2
    phase = Phase("forward", batch_size, operators)
    return _profile("convnet", dtype, [phase], parameters, 3 * map_bytes, 3 * layers * map_bytes)


def written_attention(
    layers: int = 12, hidden: int = 768, tokens: int = 128, dtype: str = "float32"
) -> ModelProfile:
    """An encoder whose attention is two products with a softmax between them."""
    heads, item = max(hidden // 64, 1), ITEM_BYTES[dtype]
    size, scores = tokens * hidden * item, heads * tokens**2 * item
    multiply_adds = tokens**2 * hidden
    product = Operator(
        "block.attention", "bmm", "matmul", dtype, multiply_adds, 0, 2 * size, scores,
        m=tokens, n=tokens, k=64, batch=heads, repeats=layers,
    )  # fmt: skip
    softmax = _stream("block.softmax", "reduction", dtype, heads * tokens**2, layers)
    values = replace(product, input_bytes=scores + size, output_bytes=size, n=64, k=tokens)
    operators = [
        part
        for row in _blocks(dtype, layers, hidden, 1, tokens, tokens)
        for part in ((product, softmax, values) if row.kind == "attention" else (row,))
    ]
    phase = Phase("forward", 1, tuple(operators), tokens, tokens)
    parameters = 12 * layers * hidden**2
    return _profile("written", dtype, [phase], parameters, 6 * size, 16 * layers * size)


BUILDERS: Mapping[str, Callable[..., ModelProfile]] = {
    "convnet": convnet, "encoder": encoder, "decoder": decoder,
    "written_attention": written_attention,
}  # fmt: skip
