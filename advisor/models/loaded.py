"""What every kind of model reference becomes: one object that can be profiled and measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


@dataclass(frozen=True)
class Evaluation:
    """How a model's quality is scored; `run` gets a module in eval mode, on any device."""

    metric: str
    higher_is_better: bool
    run: Callable[[torch.nn.Module], EvaluationResult]


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

    def key_value_elements_per_token(self) -> int:
        """Elements that one token leaves in the key-value cache, all layers together."""
        layers = self.layers if self.key_value_layers is None else self.key_value_layers
        return 2 * layers * self.key_value_heads * self.head_dim


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
    """Builds the same model with that many of its identical blocks; None where unknown."""
    blocks: int | None = None
    """How many identical blocks the model has, where `depth` is given."""
