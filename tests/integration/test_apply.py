"""Every strategy that can run on a processor, really applied to real models."""

from __future__ import annotations

import pytest
import torch

from advisor.errors import StrategyError
from advisor.models.load import load
from advisor.models.loaded import LoadedModel
from advisor.strategies.selection import apply_selection, parse_selection
from tests.integration.models import minilm_factory


def applied(reference: str, chosen: str) -> LoadedModel:
    return apply_selection(load(reference), parse_selection(chosen))


def accuracy(model: LoadedModel) -> float:
    assert model.evaluation is not None
    with torch.inference_mode():
        return model.evaluation.run(model.module.eval()).value


@pytest.mark.parametrize(
    "chosen",
    [
        "bf16",
        "amp",
        "amp:dtype=fp16",
        "int8-dynamic",
        "int8-weight-only",
        "unstructured-pruning:ratio=0.3",
        "bf16,int8-weight-only",
        "structured-pruning:ratio=0.1,int8-dynamic",
    ],
)
def test_digits_still_reads_digits(chosen: str) -> None:
    assert accuracy(applied("digits", chosen)) > 0.9


@pytest.mark.parametrize("chosen", ["bf16", "int8-dynamic", "int8-weight-only"])
def test_tiny_gpt_still_predicts_text(chosen: str) -> None:
    assert accuracy(applied("tiny-gpt", chosen)) < 4.2  # perplexity a byte; 3.87 as it came


def test_compiled_digits_gives_the_same_answers() -> None:
    assert accuracy(applied("digits", "torch-compile")) == accuracy(load("digits"))


def test_unstructured_pruning_sets_the_share_to_zero() -> None:
    module = applied("digits", "unstructured-pruning:ratio=0.5").module
    weights = torch.cat([
        part.weight.flatten()
        for part in module.modules()
        if isinstance(part, (torch.nn.Linear, torch.nn.Conv2d))
    ])  # fmt: skip
    assert (weights == 0).float().mean().item() == pytest.approx(0.5, abs=0.01)


def parameters(module: torch.nn.Module) -> int:
    return sum(part.numel() for part in module.parameters())


def test_structured_pruning_removes_channels_everywhere_inside() -> None:
    before, after = load("digits").module, applied("digits", "structured-pruning:ratio=0.5").module
    assert 0.2 < parameters(after) / parameters(before) < 0.35


def test_structured_pruning_narrows_the_feed_forward_layers_of_a_decoder() -> None:
    before = load("tiny-gpt")
    after = applied("tiny-gpt", "structured-pruning:ratio=0.5")

    def widths(model: LoadedModel) -> set[int]:
        return {
            part.out_features
            for name, part in model.module.named_modules()
            if isinstance(part, torch.nn.Linear) and "up_proj" in name
        }

    assert widths(after) == {width // 2 for width in widths(before)}
    with torch.inference_mode():
        after.module(**after.keyword_inputs, use_cache=False)


def test_structured_pruning_narrows_a_pretrained_encoder() -> None:
    model = minilm_factory.build()
    before = parameters(model.module)
    after = apply_selection(model, parse_selection("structured-pruning:ratio=0.5"))
    assert parameters(after.module) < 0.9 * before
    with torch.inference_mode():
        after.module(*after.inputs, **after.keyword_inputs)


def test_fsdp_outside_a_process_group_says_what_it_needs() -> None:
    with pytest.raises(StrategyError, match="torchrun"):
        applied("digits", "fsdp")
