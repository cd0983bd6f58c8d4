"""A cache in few bits: what it holds, what attention reads from it, what cannot be given one."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from advisor.errors import StrategyError
from advisor.measurement.decoding import DECODED_TOKENS, WARM_UP_TOKENS, compare
from advisor.measurement.timing import Stopwatch
from advisor.measurement.variant import applied
from advisor.models.decoder_shape import decoder_shape
from advisor.models.load import load
from advisor.models.loaded import LoadedModel
from advisor.models.quantized_cache import CacheDtype, held_bytes, quantized_cache
from advisor.projection.columns import CACHE_ITEM_BYTES
from advisor.strategies.selection import parse_selection

FORMATS: tuple[CacheDtype, ...] = ("fp8", "int8", "int4")
KEYS, VALUES = torch.randn((2, 2, 2, 12, 64), generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("dtype", "error"), [("fp8", 0.04), ("int8", 0.01), ("int4", 0.12)])
def test_what_comes_token_by_token_is_held_as_what_comes_at_once(
    dtype: CacheDtype, error: float
) -> None:
    at_once, by_steps = quantized_cache(1, dtype), quantized_cache(1, dtype)
    whole = at_once.update(KEYS, VALUES, 0)
    for part in ([0, 8], [8, 9], [9, 12]):
        found = by_steps.update(KEYS[:, :, slice(*part)], VALUES[:, :, slice(*part)], 0)
    assert at_once.get_seq_length() == by_steps.get_seq_length() == 12
    for one, two, came in zip(whole, found, (KEYS, VALUES), strict=True):
        assert one.shape == came.shape
        assert one.dtype == came.dtype
        assert ((one - came).norm() / came.norm()).item() < error
        if dtype != "fp8":  # whose scale is that of what came first
            assert torch.equal(one, two)


@pytest.mark.parametrize("dtype", FORMATS)
def test_the_bytes_held_are_those_that_are_projected(dtype: CacheDtype) -> None:
    cache = quantized_cache(1, dtype)
    cache.update(KEYS, VALUES, 0)
    scales = 2 * 4 if dtype == "fp8" else 0
    assert held_bytes(cache) == CACHE_ITEM_BYTES[dtype] * 2 * KEYS.numel() + scales


def test_a_constant_is_held_as_it_is() -> None:
    ones = torch.full((1, 1, 1, 64), -3.0)
    for dtype in FORMATS:
        assert torch.allclose(quantized_cache(1, dtype).update(ones, ones, 0)[0], ones)


def test_autocast_runs_with_each_format() -> None:
    for dtype in FORMATS:
        cache = quantized_cache(1, dtype)
        with torch.autocast("cpu", torch.bfloat16):
            for _ in range(2):
                found = cache.update(KEYS.bfloat16(), VALUES.bfloat16(), 0)
        assert found[0].shape[2] == 24


@pytest.mark.parametrize("dtype", FORMATS)
def test_a_decoder_reads_what_its_cache_holds(dtype: CacheDtype) -> None:
    baseline = load("tiny-gpt")
    variant = applied(load("tiny-gpt"), parse_selection(f"kv-cache-format:dtype={dtype}"))
    with torch.inference_mode():
        found = compare(baseline, variant, Stopwatch(torch.device("cpu")), lambda *_: None)
        one, two = (each.module(**each.keyword_inputs).logits for each in (baseline, variant))
    assert found is not None
    assert found.tokens == 256 + WARM_UP_TOKENS + DECODED_TOKENS
    before, after = found.cache_bytes
    assert before == 4 * 2 * 64 * 4 * found.tokens
    assert after / before == pytest.approx(CACHE_ITEM_BYTES[dtype] / 4, rel=1e-3)
    assert 0 < ((one - two).norm() / one.norm()).item() < 0.15
    assert fmean(each.median for each in found.step_s) > 0


def gpt2() -> LoadedModel:
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=50, n_positions=40, n_embd=64, n_layer=2, n_head=4, bos_token_id=None,
        eos_token_id=None,
    )  # fmt: skip
    tokens = torch.randint(50, (2, 40))
    return LoadedModel(
        "small", GPT2LMHeadModel(config).eval(), keyword_inputs={"input_ids": tokens},
        decoder=decoder_shape(config),
    )  # fmt: skip


def test_a_prompt_as_long_as_the_context_leaves_room_to_go_on() -> None:
    variant = applied(gpt2(), parse_selection("kv-cache-format:dtype=int8"))
    with torch.inference_mode():
        found = compare(gpt2(), variant, Stopwatch(torch.device("cpu")), lambda *_: None)
    assert found is not None
    assert found.tokens == 40


def test_what_leaves_the_cache_alone_is_not_decoded() -> None:
    tiny = load("tiny-gpt")
    assert compare(tiny, tiny, Stopwatch(torch.device("cpu")), lambda *_: None) is None


def windowed() -> LoadedModel:
    model = gpt2()
    assert model.decoder is not None
    return replace(model, decoder=replace(model.decoder, windowed_layers=1, window_tokens=8))


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (lambda: load("digits"), "digits is no decoder"),
        (lambda: replace(gpt2(), module=torch.nn.Linear(1, 1)), "small takes no cache"),
        (windowed, "small has 1 of 2 layers without full attention"),
        (lambda: replace(gpt2(), only=frozenset({"lm_head"})), "one for all layers"),
    ],
)
def test_what_cannot_be_given_such_a_cache_says_why(model: object, said: str) -> None:
    assert callable(model)
    with pytest.raises(StrategyError, match=said):
        applied(model(), parse_selection("kv-cache-format"))


def test_four_bits_of_an_odd_number_of_keys_are_refused() -> None:
    keys = torch.ones(1, 3, 5, 11)
    with pytest.raises(ValueError, match="33 keys a token"):
        quantized_cache(1, "int4").update(keys, keys, 0)
