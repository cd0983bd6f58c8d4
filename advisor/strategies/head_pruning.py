"""Remove whole heads of attention, with their keys and values.

## What it does
In every attention the heads of least L2 norm go, over the weights that make their queries, keys and
values and those that read their answers: dense layers become smaller dense layers. Where several
query heads share keys and values, they go together, so that what is left stays a whole group.

## When it pays
Long prompts and long answers: attention, its projections and the cache of keys and values all fall
with the heads. Structured pruning narrows the feed-forward layers beside it.

## When it hurts
Models with few key-value heads have few groups to choose from; heads that look idle may be what a
rare task needs. Quality falls, and has to be won back by fine-tuning.

## How it is measured
The smaller module runs as it is, without fine-tuning; latency, memory, size and quality are taken
against the model as it came. Attention written as a module of another form is refused.

## Sources
Michel et al. 2019, "Are Sixteen Heads Really Better than One?", arXiv 1905.10650: up to 20% of the
heads of a translation model and 40% of BERT's removed at no noticeable loss. Beyond that nothing
general is published: the upper bound is the share of heads removed, as for channels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from advisor.catalog.quantity import Quantity
from advisor.errors import StrategyError
from advisor.models.loaded import LoadedModel
from advisor.projection.setup import Setup
from advisor.strategies.needs import Library
from advisor.strategies.strategy import REMOVE, Levels, Parameter, Strategy

if TYPE_CHECKING:
    import torch

_NAMES = (
    ("q_proj", "k_proj", "v_proj", "o_proj"),
    ("q_proj", "k_proj", "v_proj", "out_proj"),
    ("q_lin", "k_lin", "v_lin", "out_lin"),
    ("self.query", "self.key", "self.value", "output.dense"),
    ("attention.query", "attention.key", "attention.value", "output.dense"),
)
"""How attention modules call their projections; BERT and its like have those of the inputs and that
of the answers in modules of their own."""
_HEAD_SIZES = ("head_dim", "attention_head_size")
_QUERY_COUNTS = ("num_heads", "num_attention_heads", "n_heads")
_KEY_COUNTS = ("num_key_value_heads",)
_WIDTHS = ("all_head_size",)


@dataclass(frozen=True)
class _Attention:
    """One attention: the queries of each group of heads read the same keys and values."""

    module: Any
    queries: torch.nn.Linear
    keys: torch.nn.Linear
    values: torch.nn.Linear
    out: torch.nn.Linear
    head_dim: int

    @property
    def groups(self) -> int:
        return self.keys.out_features // self.head_dim

    @property
    def group_queries(self) -> int:
        """Outputs of the queries' projection that belong to one group."""
        return self.queries.out_features // self.groups

    def least(self, count: int) -> list[int]:
        """The groups of least norm."""
        import torch

        made = (self.queries, self.keys, self.values)
        with torch.no_grad():
            norms = [
                *(each.weight.square().sum(dim=1) for each in made),
                self.out.weight.square().sum(dim=0),
            ]
            of_groups = [each.reshape(self.groups, -1).sum(dim=1) for each in norms]
            found: list[int] = torch.stack(of_groups).sum(dim=0).argsort()[:count].tolist()
        return found

    def without(self, removed: list[int]) -> None:
        """Remove groups in place, and tell the module how many heads are left."""
        import torch_pruning

        groups, width = self.groups, self.queries.out_features
        of_queries, of_keys = (
            [group * size + each for group in removed for each in range(size)]
            for size in (self.group_queries, self.head_dim)
        )
        torch_pruning.prune_linear_out_channels(self.queries, of_queries)
        torch_pruning.prune_linear_out_channels(self.keys, of_keys)
        torch_pruning.prune_linear_out_channels(self.values, of_keys)
        torch_pruning.prune_linear_in_channels(self.out, of_queries)
        counts = {
            **dict.fromkeys(_QUERY_COUNTS, width // self.head_dim),
            **dict.fromkeys(_KEY_COUNTS, groups),
            **dict.fromkeys(_WIDTHS, width),
        }
        for name, before in counts.items():
            if getattr(self.module, name, None) == before:
                setattr(self.module, name, before * self.groups // groups)


def configure(setup: Setup, levels: Levels) -> Setup:
    return replace(setup, heads_removed=float(levels["ratio"]))


def apply(model: LoadedModel, levels: Levels) -> LoadedModel:
    ratio = float(levels["ratio"])
    found = list(_attentions(model.module))
    if not found:
        raise StrategyError(
            "it found no attention with projections of its own: modules with "
            f"{'; or '.join(', '.join(names) for names in _NAMES)}; "
            f"and a {' or '.join(_HEAD_SIZES)}"
        )
    groups = {each.groups for each in found}
    if not any(int(count * ratio) for count in groups):
        counts = ", ".join(map(str, sorted(groups)))
        raise StrategyError(f"ratio={ratio:g} of {counts} groups of heads is less than one")
    for attention in found:
        attention.without(attention.least(int(attention.groups * ratio)))
    if model.decoder is None:
        return model
    kept = found[0].groups / model.decoder.key_value_heads
    decoder = replace(
        model.decoder,
        attention_heads=round(model.decoder.attention_heads * kept),
        key_value_heads=found[0].groups,
    )
    return replace(model, decoder=decoder)


def _attentions(module: torch.nn.Module) -> Iterator[_Attention]:
    import torch

    for part in module.modules():
        for names in _NAMES:
            layers = [_at(part, name) for name in names]
            linear = [each for each in layers if isinstance(each, torch.nn.Linear)]
            if len(linear) < len(names):
                continue
            owner = _at(part, names[0].rpartition(".")[0]) or part
            sizes = [getattr(owner, name, None) for name in _HEAD_SIZES]
            head_dim = next((each for each in sizes if isinstance(each, int)), None)
            queries, keys, values, out = linear
            if head_dim is None or keys.out_features % head_dim:
                continue
            if out.in_features == queries.out_features:
                yield _Attention(owner, queries, keys, values, out, head_dim)


def _at(part: Any, path: str) -> Any:
    """What lies at a dotted path; None where nothing does."""
    for name in filter(None, path.split(".")):
        part = getattr(part, name, None)
    return part


DROPS = {
    0.25: Quantity(low=0.0, expected=0.005, high=0.25),
    0.5: Quantity(low=0.0, expected=0.05, high=0.5),
}

STRATEGY = Strategy(
    slug="head-pruning",
    title="structured pruning (heads)",
    family="pruning",
    summary="remove whole heads of attention by L2 norm",
    configure=configure,
    apply=apply,
    touches=frozenset({"hardware", "training_and_deployment"}),
    phases=frozenset({"serving"}),
    effort_days=Quantity(low=3.0, expected=8.0, high=20.0),
    quality_drop=lambda levels: DROPS[float(levels["ratio"])],
    quality_source="Michel et al. 2019, arXiv 1905.10650, up to 40% of the heads; beyond it an "
    "assumption, bounded by the ratio",
    needs=(Library("torch_pruning", "torch-pruning"),),
    conflicts={
        "cascade": "the two models of a cascade are pruned apart, before they are put together"
    },
    parameters=(Parameter("ratio", (0.25, 0.5), 0.25, "share of the heads removed"),),
    stage=REMOVE,
)
