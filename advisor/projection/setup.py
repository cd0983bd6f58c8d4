"""A setup: every knob that a strategy can set. The engine decides what a knob does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from advisor.catalog.pricing import PurchaseOption
from advisor.catalog.quantity import Quantity

FloatFormat = Literal["native", "bf16", "fp16"]
WeightFormat = Literal["native", "int8", "int4", "fp8"]
ActivationFormat = Literal["native", "int8", "fp8"]
CacheFormat = Literal["native", "fp8", "int8", "int4"]
Execution = Literal["eager", "compiled", "captured"]
"""Operator by operator; fused by a compiler, a launch a kernel; or those as one recorded graph."""
Optimizer = Literal["adamw", "adamw-8bit", "sgd-momentum", "sgd"]

PipelineSchedule = Literal["1f1b", "dualpipe"]
"""How micro-batches take turns: forward and backward by turns, or from both ends at once."""

NOTHING = Quantity.exact(0.0)


@dataclass(frozen=True)
class Setup:
    """How a model is held, run, trained and paid for. The default is the model as it came.

    `float_format` is what floating-point weights and activations are cast to for good;
    `autocast` casts at each matrix product and leaves the weights as they are. `weight_format`
    is how the weights of linear layers are stored, `linear_activation_format` what their inputs
    are quantized to as they run. Purchase options are None where the organization decides.
    """

    float_format: FloatFormat = "native"
    autocast: Literal["bf16", "fp16"] | None = None
    weight_format: WeightFormat = "native"
    linear_activation_format: ActivationFormat = "native"
    channels_removed: float = 0.0
    heads_removed: float = 0.0
    """Share of the heads of each attention, with the keys and values that only they read."""
    weights_masked: float = 0.0
    two_of_four: bool = False
    """Of each four weights along a row of a linear layer two are 0, which sparse units skip."""
    execution: Execution = "eager"
    student_share: float = 1.0
    """Of the model's blocks, or of its channels where it is no chain of blocks, those that the
    student that is served in its place has; 1 serves the model itself."""
    distillation_steps: int = 0
    """Optimizer steps in which each released version's student is trained."""
    cascade_share: float | None = None
    """As `student_share`, of a student that answers first and passes on what it is unsure of; None
    asks the model at once. A decoder's answers are not known to be sure before they are whole."""
    cascade_steps: int = 0
    """As `distillation_steps`, of the student of a cascade."""
    channels_last: bool = False
    """Convolutions find their activations in the layout that they compute in."""
    sharding_stage: Literal[0, 1, 2, 3] = 0
    data_parallel: int = 1
    tensor_parallel: int | None = None
    """Accelerators each operator is split over; None takes the fewest that hold the model."""
    pipeline_parallel: int = 1
    """Accelerators that each hold a part of the layers."""
    engine: str | None = None
    """Of `profiles/engines`, which serves a decoder; None is plain PyTorch, as `execution` says."""
    chunked_prefill_tokens: int | None = None
    """Prompts are taken in with the decode steps, that many tokens in each; None stops for them."""
    attention: Literal["native", "fused"] = "native"
    """`fused` keeps no scores where the model writes its attention out."""
    checkpointing: bool = False
    """The forward pass of a block is done again in the backward pass, not kept."""
    micro_batch: int | None = None
    """Samples of one forward and backward pass on one rank; None takes its part of the batch."""
    optimizer: Optimizer = "adamw"
    mig_slice: str | None = None
    """Of the hardware's `mig.slices`, which one replica is served from; None is the whole GPU."""
    deduplicated: bool = False
    """Samples that repeat others are neither labelled, stored nor trained on."""
    colder_tier: str | None = None
    """Of the organization's storage tiers, where a share of what is in object storage is moved."""
    colder_share: float = 0.0
    compressed_columns: bool = False
    """Data are stored column by column and compressed."""
    labels_share: float = 1.0
    """Of the samples, those that are labelled: the ones expected to teach the model most."""
    autoscaling_delay_minutes: float | None = None
    """Replicas follow the day's demand, each started so long ahead; None keeps the peak's."""
    scale_to_zero_after_minutes: float | None = None
    """With autoscaling, the last replica too is given up once no request came for so long."""
    managed_serving: bool = False
    """A provider runs the replicas, for a premium on each rented hour."""
    audits_automated: bool = False
    """Savings are looked for, and old ones checked again, in a schedule."""
    serving_purchase: PurchaseOption | None = None
    training_purchase: PurchaseOption | None = None
    accumulation_steps: int = 1
    """Micro-batches that a rank's part of the batch is divided into, one after the other."""
    lora_rank: int | None = None
    """Only low-rank adapters of that rank are trained beside frozen weights; None trains all."""
    frozen_weights: Literal["native", "nf4"] = "native"
    """How the frozen weights of linear layers are held while adapters are trained."""
    packed_sequences: bool = False
    """Samples are put end to end, so that no padding is computed."""
    optimizer_offloaded: bool = False
    """The optimizer's states and its step are on the host."""
    effort_days: Quantity = NOTHING
    """One-off days of work, all strategies together."""
    quality_drop: Quantity = NOTHING
    """Share of the metric lost, as published, summed over strategies as bounds."""
    training_tensor_parallel: int | None = None
    """As `tensor_parallel` and `pipeline_parallel`, of training alone; None takes those."""
    training_pipeline_parallel: int | None = None
    recovery_steps: int = 0
    """Optimizer steps that each released version is trained further after pruning."""
    virtual_stages: int = 1
    """Parts of the model each stage of a training pipeline holds, interleaved with the others'."""
    pipeline_schedule: PipelineSchedule = "1f1b"
    """Of training. `dualpipe` holds the parameters of two stages and hides what experts send."""
    expert_parallel: int = 1
    """Of the data-parallel ranks of training, how many share the experts of a mixture."""
    products: Literal["native", "tf32"] = "native"
    """`tf32` lets products of 32-bit floats round their operands to 10 bits of mantissa."""
    weight_group: int = 64
    """Weights of 4 bits that share a scale and a zero."""
    key_value_format: CacheFormat = "native"
    """How a decoder's cache holds keys and values."""
    request_batch: int | None = None
    """Requests that wait for each other to be run together; None as the workload sends them.
    A decoder's batch is found by the engine."""
    responses_cached: bool = False
    """A request that was answered before is answered from a store."""
    gpu_sharing: Literal["mps", "time-slicing"] | None = None
    """How the processes on one GPU share it where they do: side by side, or by turns."""
    gpu_tenants: int = 1
    """Processes on one GPU, each with a replica of this model or of one like it."""
    models_on_fleet: int = 1
    """Models that lie in the memory of every accelerator of one fleet and are served from it."""


def with_knobs(setup: Setup, knobs: Mapping[str, object]) -> Setup:
    """`setup` with some knobs at other values.

    `dataclasses.replace` in a tenth of its time: a search makes a hundred thousand of them. Names
    that are no knobs raise TypeError.
    """
    if not knobs.keys() <= _KNOBS:
        raise TypeError(f"no knobs of a setup: {sorted(knobs.keys() - _KNOBS)}")
    made = object.__new__(Setup)
    made.__dict__.update(setup.__dict__)
    made.__dict__.update(knobs)
    return made


_KNOBS = frozenset(field.name for field in fields(Setup))
