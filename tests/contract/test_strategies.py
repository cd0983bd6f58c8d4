"""Every strategy that can be applied here: it runs, says its size, and survives a file."""

from __future__ import annotations

import copy
import io
import re
from dataclasses import replace

import pytest
import torch
from transformers import BertModel, DistilBertModel, PreTrainedModel

from advisor.errors import StrategyError
from advisor.measurement.outputs import main_output
from advisor.measurement.size import stored_bytes
from advisor.models.load import load
from advisor.models.loaded import LoadedModel
from advisor.strategies.catalog import strategies
from advisor.strategies.distillation import student_of
from advisor.strategies.head_pruning import _attentions
from advisor.strategies.selection import apply_selection, lacking_here, parse_selection
from advisor.telemetry.machine import machine
from tests.integration.models import minilm_factory

SECTIONS = re.compile(
    r"\n## What it does\n.+\n## When it pays\n.+\n## When it hurts\n.+\n## How it is measured\n.+"
    r"\n## Sources\n.+",
    re.DOTALL,
)
APPLIED = {
    "amp": "digits", "bf16": "digits", "channels-last": "digits", "cascade:steps=30": "digits",
    "distillation:steps=30": "digits", "fp16": "tiny-gpt", "head-pruning:ratio=0.5": "tiny-gpt",
    "data-deduplication:repeats=exact:steps=30": "digits", "label-fewer:steps=30": "digits",
    "fused-attention": "minilm", "int4-weight-only": "tiny-gpt", "int8-dynamic": "tiny-gpt",
    "kv-cache-format": "tiny-gpt", "kv-cache-format:dtype=int4": "tiny-gpt",
    "int8-weight-only": "tiny-gpt", "recovery:steps=100": "digits",
    "semi-structured-sparsity": "tiny-gpt", "structured-pruning": "digits",
    "tf32": "tiny-gpt", "torch-compile": "digits", "unstructured-pruning": "digits",
}  # fmt: skip
"""A model that each strategy does something to."""
CONVERTED = {
    "bf16": 0.5, "fp16": 0.5, "int4-weight-only": 0.3, "int8-weight-only": 0.4, "int8-dynamic": 0.4,
}  # fmt: skip
"""The most that is left of the bytes, embeddings in 32 bits with it."""
HERE = machine()


def fresh(name: str) -> LoadedModel:
    if name != "minilm":
        return load(name)
    model = minilm_factory.build()
    for part in model.module.modules():
        if isinstance(part, PreTrainedModel):
            part.set_attn_implementation("eager")
    return model


def output(model: LoadedModel) -> torch.Tensor:
    keywords = dict(model.keyword_inputs)
    if model.decoder is not None:
        keywords["use_cache"] = False
    with torch.inference_mode():
        found = main_output(model.module.eval()(*model.inputs, **keywords))
    assert found is not None
    return found.tensor.float()


@pytest.mark.parametrize("slug", strategies())
def test_the_manual_of_every_strategy_has_its_sections(slug: str) -> None:
    assert SECTIONS.search(strategies()[slug].manual)


def test_each_strategy_is_either_applied_here_or_says_why_not() -> None:
    for slug, strategy in strategies().items():
        reason = lacking_here(HERE, strategy)
        trains = strategy.phases == {"training"}  # tests/integration/test_apply_training.py
        applied = slug in {choice.partition(":")[0] for choice in APPLIED}
        assert applied or strategy.apply is None or reason or trains, slug


@pytest.mark.parametrize("slug", APPLIED)
def test_an_applied_model_runs_and_leaves_the_original_untouched(slug: str) -> None:
    original = fresh(APPLIED[slug])
    expected, held = output(original), stored_bytes(original.module)
    state = copy.deepcopy(original.module.state_dict())
    variant = apply_selection(fresh(APPLIED[slug]), parse_selection(slug))
    assert output(variant).shape == expected.shape
    assert torch.isfinite(output(variant)).all()
    assert torch.equal(output(original), expected)
    assert stored_bytes(original.module) == held
    assert all(torch.equal(state[key], now) for key, now in original.module.state_dict().items())
    assert torch.get_float32_matmul_precision() == "highest"


@pytest.mark.parametrize("slug", CONVERTED)
def test_a_converted_model_states_the_bytes_that_it_holds(slug: str) -> None:
    before = stored_bytes(fresh("tiny-gpt").module)
    after = stored_bytes(apply_selection(fresh("tiny-gpt"), parse_selection(slug)).module)
    assert after / before <= CONVERTED[slug]


@pytest.mark.parametrize("slug", sorted(set(APPLIED) - {"structured-pruning", "torch-compile"}))
def test_an_applied_model_survives_a_file(slug: str) -> None:
    """Structured pruning changes shapes, which are no part of the state; compiling leaves it."""
    variant = apply_selection(fresh(APPLIED[slug]), parse_selection(slug))
    file = io.BytesIO()
    torch.save(variant.module.state_dict(), file)
    file.seek(0)
    again = apply_selection(fresh(APPLIED[slug]), parse_selection(slug))
    with torch.no_grad():
        for each in again.module.parameters():
            each.requires_grad_(False)
    again.module.load_state_dict(torch.load(file, weights_only=True), assign=True)
    assert torch.allclose(output(again), output(variant), atol=1e-6)


@pytest.mark.parametrize(
    ("chosen", "name"),
    [
        ("int4-weight-only", "digits"),
        ("unstructured-pruning:ratio=0.1,int4-weight-only,tf32", "tiny-gpt"),
        ("structured-pruning:ratio=0.5,semi-structured-sparsity,recovery:steps=100,bf16", "digits"),
        ("structured-pruning:ratio=0.1,channels-last,int8-weight-only,tf32", "digits"),
        ("structured-pruning:ratio=0.5,fused-attention,bf16", "minilm"),
    ],
)
def test_strategies_are_applied_together_in_the_order_of_their_stages(
    chosen: str, name: str
) -> None:
    assert torch.isfinite(output(apply_selection(fresh(name), parse_selection(chosen)))).all()


def test_fused_attention_gives_the_same_sums() -> None:
    fused = apply_selection(fresh("minilm"), parse_selection("fused-attention"))
    assert torch.allclose(output(fused), output(fresh("minilm")), atol=1e-4)


def test_two_of_each_four_weights_are_zero_and_stay_so_in_training() -> None:
    trained = "structured-pruning:ratio=0.5,semi-structured-sparsity,recovery:steps=100"
    for chosen, name in ((trained, "digits"), ("semi-structured-sparsity", "tiny-gpt")):
        model = apply_selection(fresh(name), parse_selection(chosen))
        thinned = [
            each.weight
            for each in model.module.modules()
            if isinstance(each, torch.nn.Linear)
            and each.out_features % 32 == 0 and each.in_features % 64 == 0
        ]  # fmt: skip
        assert thinned
        assert all((each.reshape(-1, 4).count_nonzero(dim=1) == 2).all() for each in thinned)


def on_little_data(model: LoadedModel) -> LoadedModel:
    """With two sequences of 64 tokens in each batch where its data are sequences."""
    assert model.training is not None
    if model.decoder is None:
        return model
    batches = [batch[:2, :64] for batch in model.training.batches()]
    return replace(model, training=replace(model.training, batches=lambda: batches))


@pytest.mark.parametrize(("name", "part"), [("digits", 0.3), ("tiny-gpt", 0.6)])
def test_a_student_is_smaller_taught_and_shares_nothing_with_its_teacher(
    name: str, part: float
) -> None:
    teacher = on_little_data(fresh(name))
    state = copy.deepcopy(teacher.module.state_dict())
    taught, untaught = (
        apply_selection(teacher, parse_selection("distillation:steps=30")),
        student_of(fresh(name), 0.5),
    )
    for each in (taught, untaught):
        assert stored_bytes(each.module) < part * stored_bytes(teacher.module)
    assert all(torch.equal(state[key], now) for key, now in teacher.module.state_dict().items())
    assert teacher.training is not None
    batch = next(iter(teacher.training.batches()))
    with torch.no_grad():
        learnt, raw = (teacher.training.loss(each.module, batch) for each in (taught, untaught))
    assert learnt < raw


def test_students_that_cannot_be_are_refused() -> None:
    with pytest.raises(StrategyError, match="nothing to train a student on"):
        apply_selection(fresh("minilm"), parse_selection("distillation"))
    with pytest.raises(StrategyError, match=r"0.9 of 4 blocks"):
        student_of(fresh("tiny-gpt"), 0.9)


def test_a_cascade_says_what_it_passed_on() -> None:
    both = apply_selection(fresh("digits"), parse_selection("cascade:steps=30"))
    assert both.remarks is not None
    output(both)
    [said] = both.remarks()
    assert said.endswith("were passed on to the large model")
    assert " of 32 samples (" in said
    assert both.remarks() == ("0 of 0 samples (none) were passed on to the large model",)


def test_a_cascade_refuses_a_decoder() -> None:
    with pytest.raises(StrategyError, match="is a decoder"):
        apply_selection(fresh("tiny-gpt"), parse_selection("cascade"))


def test_zeros_lie_in_every_layer_alike_or_where_weights_are_smallest() -> None:
    shares = {}
    for scope in ("global", "layer"):
        model = apply_selection(
            fresh("digits"), parse_selection(f"unstructured-pruning:scope={scope}")
        )
        layers = [
            each
            for each in model.module.modules()
            if isinstance(each, (torch.nn.Linear, torch.nn.Conv2d))
        ]
        zeros = [1 - each.weight.count_nonzero().item() / each.weight.numel() for each in layers]
        shares[scope] = zeros
        total = sum(each.weight.numel() for each in layers)
        together = sum(
            share * each.weight.numel() for share, each in zip(zeros, layers, strict=True)
        )
        assert together / total == pytest.approx(0.5, abs=0.01)
    assert shares["layer"] == pytest.approx([0.5] * 4, abs=0.01)
    assert max(shares["global"]) - min(shares["global"]) > 0.1


def test_a_pruned_decoder_has_fewer_heads_and_a_smaller_cache() -> None:
    model = apply_selection(fresh("tiny-gpt"), parse_selection("head-pruning:ratio=0.5"))
    assert model.decoder is not None
    assert (model.decoder.attention_heads, model.decoder.key_value_heads) == (3, 1)
    with torch.inference_mode():
        cache = model.module(**model.keyword_inputs, use_cache=True).past_key_values
    assert cache.layers[0].keys.shape[1] == 1
    attention = 4 * 192 * (192 + 64 + 64 + 192) * 4
    assert stored_bytes(fresh("tiny-gpt").module) - stored_bytes(model.module) == attention // 2


@pytest.mark.parametrize("architecture", [BertModel, DistilBertModel])
def test_an_encoder_of_another_form_loses_heads_too(architecture: type[PreTrainedModel]) -> None:
    def built() -> LoadedModel:
        torch.manual_seed(0)
        sizes = {"hidden_size": 32, "intermediate_size": 64} | {"dim": 32, "hidden_dim": 64}
        depth = {"num_hidden_layers": 2, "n_layers": 2, "num_attention_heads": 4, "n_heads": 4}
        config = architecture.config_class(vocab_size=50, **sizes, **depth)
        tokens = torch.randint(50, (2, 6))
        mask = torch.tensor([[1] * 6, [1] * 4 + [0] * 2])
        inputs = {"input_ids": tokens, "attention_mask": mask}
        return LoadedModel("small", architecture(config).eval(), keyword_inputs=inputs)

    whole, pruned = built(), apply_selection(built(), parse_selection("head-pruning:ratio=0.5"))
    counts = [sum(each.numel() for each in model.module.parameters()) for model in (whole, pruned)]
    # Of each of 2 layers half of the width of queries, keys and values with their biases, and half
    # of what reads them.
    assert counts[0] - counts[1] == 2 * (3 * 16 * (32 + 1) + 16 * 32)
    assert output(pruned).shape == output(whole).shape
    file = io.BytesIO()
    torch.save(pruned.module.state_dict(), file)
    file.seek(0)
    again = apply_selection(built(), parse_selection("head-pruning:ratio=0.5"))
    again.module.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(output(again), output(pruned))


def test_heads_that_say_nothing_go_first_and_are_not_missed() -> None:
    model = fresh("minilm")
    for attention in _attentions(model.module):
        silent = attention.least(3)
        attention.out.weight.data.reshape(384, attention.groups, -1)[:, silent] = 0
        for each in (attention.queries, attention.keys, attention.values):
            each.weight.data.reshape(attention.groups, -1)[silent] *= 0.01
    expected = output(model)
    pruned = apply_selection(model, parse_selection("head-pruning:ratio=0.25"))
    assert {each.groups for each in _attentions(pruned.module)} == {9}
    assert torch.allclose(output(pruned), expected, atol=1e-5)


def test_heads_that_cannot_go_are_refused() -> None:
    with pytest.raises(StrategyError, match=r"ratio=0\.25 of 2 groups of heads is less than one"):
        apply_selection(fresh("tiny-gpt"), parse_selection("head-pruning"))
    with pytest.raises(StrategyError, match="no attention with projections of its own"):
        apply_selection(fresh("digits"), parse_selection("head-pruning"))
