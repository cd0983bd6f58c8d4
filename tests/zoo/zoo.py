"""The zoo: every model by name, built on the meta device as a user's model is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
import transformers

from advisor.models.config_files import ConfigFacts
from advisor.models.loaded import LoadedModel
from advisor.models.transformers_config import from_facts
from tests.zoo.decoders import DECODERS, MIXTURES
from tests.zoo.encoders import TEXT, VISION
from tests.zoo.plain import PLAIN
from tests.zoo.several_inputs import SEVERAL_INPUTS

CONFIGS = {**DECODERS, **MIXTURES, **TEXT, **VISION}
NAMES = (*CONFIGS, *SEVERAL_INPUTS, *PLAIN)
"""Every model of the zoo."""


FEW_TOKENS = {"mamba-130m": 32}
"""Models that run their tokens one after the other, so that a count takes time with each."""
_DEPTHS = (
    "num_hidden_layers", "n_layer", "n_layers", "num_layers", "encoder_layers", "decoder_layers",
)  # fmt: skip


def build(name: str, *, shallow: bool = False) -> LoadedModel:
    """The model `name` with its example inputs, all on the meta device.

    A shallow one has its widths and the fewest layers that show what happens between layers.
    """
    if name in CONFIGS:
        facts = _shallow(CONFIGS[name]) if shallow else CONFIGS[name]
        source = ConfigFacts(facts, f"zoo:{name}")
        model = from_facts(f"zoo:{name}", source, weights=False, trust_remote_code=False)
        return with_tokens(model, FEW_TOKENS[name]) if name in FEW_TOKENS else model
    if name in SEVERAL_INPUTS:
        facts, inputs = SEVERAL_INPUTS[name]
        module = _module(_shallow(facts) if shallow else facts)
        return LoadedModel(f"zoo:{name}", module, keyword_inputs=inputs, weights="meta")
    with torch.device("meta"):
        module, tensors = PLAIN[name]()
    return LoadedModel(f"zoo:{name}", module.eval(), tensors, weights="meta")


def _shallow(facts: dict[str, Any]) -> dict[str, Any]:
    """Two layers, one of them dense where a mixture starts with such."""
    fewer: dict[str, Any] = {each: 2 for each in _DEPTHS if each in facts}
    if "first_k_dense_replace" in facts:
        fewer["first_k_dense_replace"] = 1
    for part in ("vision_config", "text_config"):
        if part in facts:
            fewer[part] = _shallow(facts[part])
    if isinstance(facts.get("depths"), list):
        fewer["depths"] = [1] * len(facts["depths"])
    return {**facts, **fewer}


def with_tokens(model: LoadedModel, tokens: int) -> LoadedModel:
    """The same model on fewer tokens; it forgoes the shortcut, which is built with its own."""
    short = {key: value[:, :tokens] for key, value in model.keyword_inputs.items()}
    return replace(
        model, keyword_inputs=short, depth=None, blocks=None, chain=None, with_layers=None
    )


def _module(facts: dict[str, Any]) -> Any:
    config = transformers.CONFIG_MAPPING[facts["model_type"]].from_dict(dict(facts))
    with torch.device("meta"):
        return getattr(transformers, facts["architectures"][0])(config).eval()
