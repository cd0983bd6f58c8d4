"""The profile of a model: pure data, no torch, so that it crosses a pipe to the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

OperatorKind = Literal[
    "matmul", "conv", "attention", "norm", "elementwise", "embedding", "reduction", "copy"
]
PhaseName = Literal["forward", "prefill", "decode"]
MemoryPhase = Literal["forward", "backward", "step", "foreach step"]
"""`foreach step` is the optimizer's step over all tensors at once, the default on accelerators."""
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
    other_flops: int | None = 0
    """FLOPs beside the multiply-adds, see `profiling.arithmetic`; None where uncounted."""
    window_tokens: int | None = None
    """Of attention, with what its module does beside it: the most keys that a query looks back at;
    None where it looks at all."""

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
class Holder:
    """Modules whose paths differ in numbers only (`*` stands for those), and what they hold."""

    module: str
    held_bytes: int


@dataclass(frozen=True)
class MemoryMoment:
    """What a training step holds where one of its parts peaks, beside parameters and buffers.

    Activations are inputs and what the forward pass made of them; temporaries are what backward
    pass and optimizer work with, and copies of weights in another type.
    """

    phase: MemoryPhase
    gradients_bytes: int
    optimizer_bytes: int
    activations_bytes: int
    temporaries_bytes: int
    module: str = ""
    """The module at work; empty where it is the model itself or the optimizer."""
    holders: tuple[Holder, ...] = ()
    """The largest, parameters, buffers, gradients and states included."""

    @property
    def total_bytes(self) -> int:
        return (
            self.gradients_bytes
            + self.optimizer_bytes
            + self.activations_bytes
            + self.temporaries_bytes
        )


WorkingKind = Literal["conv", "linear", "other"]


@dataclass(frozen=True)
class WorkingMoment:
    """What a forward pass holds above parameters and buffers while one operator runs.

    `weight_bytes` are those of the operator itself, `seen_weight_bytes` of all products and
    convolutions up to it, in whole models. `linear` is a matrix product with a weight.
    """

    kind: WorkingKind
    held_bytes: int
    input_bytes: int
    output_bytes: int
    weight_bytes: int
    seen_weight_bytes: int
    integer_bytes: int = 0
    """Of `held_bytes`, what no change of floating-point format touches: indices, tokens, masks."""


@dataclass(frozen=True)
class MemoryProfile:
    """Memory at this batch size and these tokens, before any strategy.

    `inference_activation_bytes` is the peak above parameters and buffers of a forward pass that
    keeps nothing. `training_moments` are the peaks of the parts of a training step that is not
    the first and sets gradients to None; the peak of the step is the largest of them, which it is
    depends on batch size and sharding. `gradients_bytes` and `optimizer_bytes` are all of them.
    """

    parameters_bytes: int
    buffers_bytes: int
    inference_activation_bytes: int
    gradients_bytes: int
    optimizer_bytes: int
    training_moments: tuple[MemoryMoment, ...]
    """Empty where no way of training the model could be tracked."""
    batch_size: int
    query_tokens: int | None
    method: str
    inference_holders: tuple[Holder, ...] = ()
    inference_moments: tuple[WorkingMoment, ...] = ()
    """Of the forward pass, those that no other one of their kind exceeds in everything; the largest
    `held_bytes` is `inference_activation_bytes`. Empty where operators were not told apart."""

    @property
    def inference_peak_bytes(self) -> int:
        return self.parameters_bytes + self.buffers_bytes + self.inference_activation_bytes

    @property
    def training_peak(self) -> MemoryMoment | None:
        """The peak on a processor, where the optimizer takes one tensor after the other."""
        moments = (each for each in self.training_moments if each.phase != "foreach step")
        return max(moments, key=lambda each: each.total_bytes, default=None)

    @property
    def training_peak_bytes(self) -> int | None:
        peak = self.training_peak
        if peak is None:
            return None
        return self.parameters_bytes + self.buffers_bytes + peak.total_bytes

    @property
    def training_activation_bytes(self) -> int | None:
        """The most that activations and temporaries hold before the optimizer's step."""
        held = (
            each.activations_bytes + each.temporaries_bytes
            for each in self.training_moments
            if each.phase in ("forward", "backward")
        )
        return max(held, default=None)


@dataclass(frozen=True)
class DecoderProfile:
    """What the engine needs of a decoder beside its operators."""

    layers: int
    hidden_size: int
    key_value_elements_per_token: int
    max_context_tokens: int | None
    windowed_elements_per_token: int = 0
    """Those of the elements that leave the cache once `window_tokens` more tokens have come."""
    window_tokens: int | None = None

    def key_value_elements(self, context_tokens: float) -> float:
        """Elements in the key-value cache of one sequence of `context_tokens`."""
        held = self.key_value_elements_per_token * context_tokens
        if self.window_tokens is None:
            return held
        passed = max(context_tokens - self.window_tokens, 0.0)
        return held - self.windowed_elements_per_token * passed


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
    fingerprint: str | None = None
    """What `models.fingerprint` gives the model that was profiled; None where nobody asked."""
    chain: str | None = None
    """The path of the list of blocks that the model runs through; None where there is no such."""
    blocks: int | None = None
    """How many blocks are in that list."""

    @property
    def multiply_adds(self) -> int:
        return sum(op.multiply_adds * op.repeats for op in self.phases[0].operators)

    @property
    def flops(self) -> int:
        return 2 * self.multiply_adds

    @property
    def other_flops(self) -> int:
        """FLOPs of what is no multiply-add (norms, activations, softmax), where counted."""
        return sum((op.other_flops or 0) * op.repeats for op in self.phases[0].operators)

    @property
    def uncounted_traffic(self) -> Mapping[str, float]:
        """Share of the bytes of `phases[0]` that each uncounted operator moves, 0 to 1."""
        operators = self.phases[0].operators
        total = sum(op.total_bytes * op.repeats for op in operators)
        shares: dict[str, float] = {}
        for op in operators:
            if op.other_flops is None and total:
                moved = op.total_bytes * op.repeats / total
                shares[op.name] = shares.get(op.name, 0.0) + moved
        return shares

    def phase(self, name: PhaseName) -> Phase | None:
        return next((phase for phase in self.phases if phase.name == name), None)
