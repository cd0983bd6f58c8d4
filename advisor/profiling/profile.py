"""The profile of a model: pure data, no torch, so that it crosses a pipe to the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

OperatorKind = Literal[
    "matmul", "conv", "attention", "norm", "elementwise", "embedding", "reduction", "copy"
]
PhaseName = Literal["forward", "prefill", "decode"]
CountedBy = Literal["fvcore", "FlopCounterMode"]


@dataclass(frozen=True)
class Operator:
    """One operator call of one phase, at the batch size and tokens of its phase.

    Matrix products and convolutions (as the matrix product they amount to) have `batch`
    independent products of (m, k) by (k, n). Attention has `batch` = batch size × query heads,
    m = query tokens, n = key tokens, k = head dimension; its multiply-adds are those of both
    products. `weight_bytes` are parameters read whole; rows gathered from an embedding table are
    inputs. All bytes and multiply-adds are of one call; `repeats` calls are alike.
    """

    module: str
    name: str
    kind: OperatorKind
    dtype: str
    multiply_adds: int
    weight_bytes: int
    input_bytes: int
    output_bytes: int
    m: int | None = None
    n: int | None = None
    k: int | None = None
    batch: int = 1
    repeats: int = 1
    pruning_exponent: float = 0.0
    """How this call's multiply-adds fall with the channels kept: kept ** pruning_exponent."""

    @property
    def total_bytes(self) -> int:
        return self.weight_bytes + self.input_bytes + self.output_bytes


@dataclass(frozen=True)
class Phase:
    """One way the model runs: a forward pass, a decoder's prefill, or one decode step.

    `query_tokens` is per sequence, `context_tokens` the keys attended to (query included);
    both are None where the model takes no tokens.
    """

    name: PhaseName
    batch_size: int
    operators: tuple[Operator, ...]
    query_tokens: int | None = None
    context_tokens: int | None = None


@dataclass(frozen=True)
class ModuleRow:
    """One module of the tree, its descendants included."""

    path: str
    type: str
    depth: int
    parameters: int
    parameters_bytes: int
    multiply_adds: int


@dataclass(frozen=True)
class MemoryProfile:
    """Peak memory by category, at this batch size and these tokens, before any strategy.

    `training_activation_bytes` is what the forward pass keeps for the backward pass, with the
    temporaries at the peak; `inference_activation_bytes` is the peak above parameters and buffers
    of a forward pass that keeps nothing.
    """

    parameters_bytes: int
    buffers_bytes: int
    inference_activation_bytes: int
    training_activation_bytes: int | None
    """None where no way of training the model could be tracked."""
    gradients_bytes: int
    optimizer_bytes: int
    batch_size: int
    query_tokens: int | None
    method: str

    @property
    def inference_peak_bytes(self) -> int:
        return self.parameters_bytes + self.buffers_bytes + self.inference_activation_bytes

    @property
    def training_peak_bytes(self) -> int | None:
        if self.training_activation_bytes is None:
            return None
        return (
            self.parameters_bytes
            + self.buffers_bytes
            + self.training_activation_bytes
            + self.gradients_bytes
            + self.optimizer_bytes
        )


@dataclass(frozen=True)
class DecoderProfile:
    """What the engine needs of a decoder beside its operators."""

    layers: int
    hidden_size: int
    key_value_elements_per_token: int
    max_context_tokens: int | None


@dataclass(frozen=True)
class ModelProfile:
    """Everything that projections, rules and screens know of a model.

    `multiply_adds` and `flops` (= 2 × multiply-adds) are of `phases[0]`, at its batch size.
    `uncounted_operators` maps each operator that has no count to its number of calls.
    """

    reference: str
    model_type: str
    parameters: int
    active_parameters: int
    dtype: str
    weights: str
    weights_bytes: int
    phases: tuple[Phase, ...]
    modules: tuple[ModuleRow, ...]
    memory: MemoryProfile
    counted_by: CountedBy
    uncounted_operators: Mapping[str, int]
    decoder: DecoderProfile | None
    elapsed_s: float
    workload: str | None = None
    metric: str | None = None
    """The metric of the model's own evaluation; None where it brings none."""
    higher_is_better: bool = True
    notes: tuple[str, ...] = ()

    @property
    def multiply_adds(self) -> int:
        return sum(op.multiply_adds * op.repeats for op in self.phases[0].operators)

    @property
    def flops(self) -> int:
        return 2 * self.multiply_adds

    def phase(self, name: PhaseName) -> Phase | None:
        return next((phase for phase in self.phases if phase.name == name), None)
