"""Written-out attention becomes one kernel; nothing else does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.profiling.profile import Operator, Phase
from advisor.projection.attention import with_fused_attention
from advisor.projection.exact import project_exactly
from advisor.projection.exact_result import Asked
from advisor.projection.phases import causal
from advisor.projection.serving_engine import served_setup
from advisor.projection.setup import Setup
from tests.support.profiles import decoder
from tests.support.scenarios import scenario

HEADS, TOKENS, WIDTH = 8, 128, 64
ITEM = 2


def product(name: str, m: int, n: int, k: int, repeats: int = 2) -> Operator:
    size = HEADS * ITEM
    return Operator(
        "block.attn", name, "matmul", "float16", HEADS * m * n * k, 0,
        size * (m * k + k * n), size * m * n, m=m, n=n, k=k, batch=HEADS, repeats=repeats,
    )  # fmt: skip


def stream(kind: str, repeats: int = 2) -> Operator:
    size = HEADS * TOKENS * TOKENS * ITEM
    return Operator("block.attn", kind, kind, "float16", 0, 0, size, size, repeats=repeats)  # type: ignore[arg-type] # a kind in each test


SCORES = product("matmul", TOKENS, TOKENS, WIDTH)
VALUES = product("matmul", TOKENS, WIDTH, TOKENS)


def phase(*rows: Operator) -> Phase:
    return Phase("prefill", 1, rows, TOKENS, TOKENS)


def test_scores_never_leave_the_kernel() -> None:
    written = phase(SCORES, stream("elementwise"), stream("reduction"), VALUES)
    (kernel,) = with_fused_attention(written).operators
    assert kernel.kind == "attention"
    assert kernel.multiply_adds == SCORES.multiply_adds + VALUES.multiply_adds
    assert (kernel.m, kernel.n, kernel.k, kernel.batch) == (TOKENS, TOKENS, WIDTH, HEADS)
    assert kernel.input_bytes == 3 * HEADS * TOKENS * WIDTH * ITEM
    assert kernel.output_bytes == HEADS * TOKENS * WIDTH * ITEM


def test_products_without_a_softmax_between_stay() -> None:
    written = phase(SCORES, stream("elementwise"), VALUES)
    assert with_fused_attention(written).operators == written.operators


def test_products_of_other_sizes_stay() -> None:
    other = product("matmul", TOKENS, WIDTH, 2 * TOKENS)
    written = phase(SCORES, stream("reduction"), other)
    assert with_fused_attention(written).operators == written.operators


def test_causal_attention_skips_half_and_decoding_none() -> None:
    written = phase(SCORES, stream("reduction"), VALUES)
    kernel = with_fused_attention(written)
    full = kernel.operators[0].multiply_adds
    assert causal(kernel).operators[0].multiply_adds == full // 2
    one = Operator("a", "sdpa", "attention", "float16", 100, 0, 8, 8, m=1, n=TOKENS, k=WIDTH)
    assert causal(phase(one)).operators[0].multiply_adds == 100


def test_a_kernel_that_keeps_no_scores_trains_in_less_memory() -> None:
    made = decoder(4, 512)
    first = made.phases[0]
    written = phase(*first.operators, SCORES, stream("reduction"), VALUES)
    profile = replace(made, phases=(replace(written, name=first.name), *made.phases[1:]))
    given = scenario(profile, "a100-80-sxm")
    asked = Asked(1, TOKENS, TOKENS, 1, 64, 4096)
    native, fused = (
        project_exactly(given, setup, asked).phases["training_step"].memory_bytes
        for setup in (Setup(attention="native"), Setup(attention="fused"))
    )
    assert native is not None
    assert fused is not None
    assert fused.expected < native.expected


@pytest.mark.parametrize(
    ("engine", "attention"), [("vllm", "fused"), ("transformers", "native"), (None, "native")]
)
def test_an_engine_of_fused_kernels_brings_its_attention(
    engine: str | None, attention: str
) -> None:
    assert served_setup(Setup(engine=engine)).attention == attention
