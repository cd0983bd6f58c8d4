"""What every kind of model reference becomes: one object that can be profiled and measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import torch

WeightsOrigin = Literal["trained", "random", "meta"]
"""`trained`: real values. `random`: initialised, so quality means nothing. `meta`: no values."""


@dataclass(frozen=True)
class EvaluationResult:
    """The quality of one module on data that the model brings."""

    value: float
    samples: int
    per_class: Mapping[str, float] | None = None
    """The same metric for each class, where the metric has classes."""
    scores: Mapping[str, float] | None = None
    """Further scores of the same outputs by name, higher is better: precision, recall, F1."""
    per_sample: Sequence[float] | None = None
    """A number for each sample, in the same order at each call: the differences between two modules
    are judged by them. `value` is `Evaluation.of_mean` of their mean."""
    sample_classes: Sequence[str] | None = None
    """The class of each of them, a key of `per_class`."""


@dataclass(frozen=True)
class Evaluation:
    """How a model's quality is scored; `run` gets a module in eval mode, on any device."""

    metric: str
    higher_is_better: bool
    run: Callable[[torch.nn.Module], EvaluationResult]
    of_mean: Callable[[float], float] | None = None
    """The metric from the mean of the numbers of the samples, such as e to the mean loss for
    perplexity; None where that mean is the metric."""


@dataclass(frozen=True)
class Training:
    """What a model is trained further on.

    `batches()` is one pass over the training data, in another order or the same: tensors or tuples
    of them, samples along the first dimension of each. `loss` takes one batch, on any device, and
    returns the mean over its samples, a scalar.
    """

    batches: Callable[[], Iterable[Any]]
    loss: Callable[[torch.nn.Module, Any], torch.Tensor]
    learning_rate: float = 1e-4
    """Of AdamW, at its highest: what fine-tuning this model takes without forgetting."""
    fit: Callable[[torch.nn.Module, int], None] | None = None
    """Trains the module in place for that many steps; None leaves the loop to this package."""


@dataclass(frozen=True)
class DecoderShape:
    """The facts of an autoregressive decoder that its operators alone do not tell."""

    layers: int
    hidden_size: int
    attention_heads: int
    key_value_heads: int
    head_dim: int
    vocabulary_size: int
    max_context_tokens: int | None = None
    key_value_layers: int | None = None
    """Layers that keep keys and values; None where all of them do."""
    windowed_layers: int = 0
    """Those of the layers with keys and values that keep them for the last tokens only."""
    window_tokens: int | None = None
    """How many tokens those keep; None where there are none of them."""
    full_layer_elements: int | None = None
    """Elements a token and layer without a window keeps, where they differ from the others'."""

    def key_value_elements_per_token(self) -> int:
        """Elements that one token leaves in the key-value cache, all layers together."""
        layers = self.layers if self.key_value_layers is None else self.key_value_layers
        windowed = self.windowed_elements_per_token()
        each = self.full_layer_elements or 2 * self.key_value_heads * self.head_dim
        return (layers - self.windowed_layers) * each + windowed

    def windowed_elements_per_token(self) -> int:
        """Those of them that leave the cache once `window_tokens` more tokens have come."""
        return 2 * self.windowed_layers * self.key_value_heads * self.head_dim


@dataclass(frozen=True)
class Recipe:
    """How a model is trained, where a strategy says so; the default is AdamW, a batch at once."""

    optimizer: Callable[[Sequence[torch.nn.Parameter], float], torch.optim.Optimizer] | None = None
    """Takes the parameters and the learning rate; None is AdamW."""
    micro_batches: int = 1
    """Parts that a batch is divided into, one after the other."""


@dataclass(frozen=True)
class LoadedModel:
    """A module with everything needed to run it.

    `module(*inputs, **keyword_inputs)` is one forward pass at the batch size of the inputs.
    `loss(module)` runs a forward pass on the example inputs and returns a scalar to train on;
    where it is None, the mean of the output stands in for it.
    """

    reference: str
    module: torch.nn.Module
    inputs: tuple[Any, ...] = ()
    keyword_inputs: Mapping[str, Any] = field(default_factory=dict)
    evaluation: Evaluation | None = None
    fidelity_inputs: tuple[tuple[Any, ...], ...] = ()
    """Further positional inputs on which a variant is compared with the baseline."""
    loss: Callable[[torch.nn.Module], torch.Tensor] | None = None
    decoder: DecoderShape | None = None
    weights: WeightsOrigin = "trained"
    workload: str | None = None
    """The workload that fits this model where the user names none."""
    depth: Callable[[int], LoadedModel] | None = None
    """The same model with the first that many of its blocks; None where unknown."""
    blocks: int | None = None
    """How many blocks, alike or of a few kinds, the model is a chain of, where `depth` is given."""
    construction_s: float = 0.0
    """Seconds that building the module took, where a loader here built it."""
    chain: str | None = None
    """The path of the list that holds those blocks."""
    with_layers: Callable[[Sequence[int]], LoadedModel] | None = None
    """The same model, its tensors shared, with the blocks of those indices only, in that order."""
    only: frozenset[str] | None = None
    """Paths of the layers that strategies which work layer by layer may change; None is all."""
    training: Training | None = None
    """What it can be trained further on; None where it brings no data."""
    recipe: Recipe = field(default_factory=Recipe)
    new_cache: Callable[[], Any] | None = None
    """Makes the key-value cache that a decoder is run with; None leaves it to the module."""
    notes: tuple[str, ...] = ()
    """What was done to it that a reader of a measurement has to know."""
    remarks: Callable[[], Sequence[str]] | None = None
    """Says what the module counted since it was asked last, for those who read a measurement."""

    def may_change(self, path: str) -> bool:
        """Whether a strategy that works layer by layer may change the layer at `path`."""
        return self.only is None or path in self.only
