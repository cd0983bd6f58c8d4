"""Options that say exactly what is projected: sizes, number format, engine, layout."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any, get_args

from advisor.cli._arguments import positive
from advisor.cli._asking import Dtype
from advisor.projection.serving_engine import PLAIN
from advisor.projection.setup import Optimizer, PipelineSchedule

_COUNTS = {
    "--batch": "sequences or samples at once, on one replica or training rank",
    "--prompt-tokens": "tokens of each prompt or sample",
    "--context-tokens": "tokens in the cache at the decode step (default: prompt and half of the "
    "output)",
    "--output-tokens": "tokens of each answer",
    "--training-tokens": "tokens of each training sample (default: --prompt-tokens)",
    "--tensor-parallel": "accelerators that each operator is split over",
    "--pipeline-parallel": "accelerators that each hold a part of the layers",
    "--virtual-stages": "interleaved parts of the model on each stage of a training pipeline",
    "--expert-parallel": "of the data-parallel ranks, how many share a mixture's experts",
    "--data-parallel": "training ranks that each take a part of the batch",
    "--micro-batch": "samples of one forward and backward pass on a rank (default: --batch)",
    "--accumulation": "micro-batches of a rank in one optimizer step",
    "--chunked-prefill-tokens": "take prompts in with the decode steps, so many tokens in each",
}
_NAMES = (
    "dtype",
    "engine",
    "attention",
    "optimizer",
    "sharding_stage",
    "requests_per_s",
    "pipeline_schedule",
)


def add_exact(parser: ArgumentParser) -> None:
    """All of them are optional; the workload says what is not given."""
    group = parser.add_argument_group("exactly what is projected")
    for option, meaning in _COUNTS.items():
        group.add_argument(option, type=positive, metavar="N", help=meaning)
    group.add_argument("--dtype", choices=get_args(Dtype), help="number format, or autocast (amp)")
    group.add_argument(
        "--engine",
        metavar="ID",
        help=f"what serves a decoder: {PLAIN}, or one of `advisor engines` (default: vllm on "
        f"accelerators, else {PLAIN})",
    )
    group.add_argument(
        "--attention",
        choices=("native", "fused"),
        help="fused: written-out attention runs as one kernel that keeps no scores",
    )
    group.add_argument(
        "--sharding-stage", type=int, choices=(0, 1, 2, 3), help="ZeRO stage; 3 is FSDP"
    )
    group.add_argument(
        "--pipeline-schedule", choices=get_args(PipelineSchedule), help="of training; default: 1f1b"
    )
    group.add_argument("--optimizer", choices=get_args(Optimizer), help="default: adamw")
    group.add_argument(
        "--checkpointing", action="store_true", default=None, help="recompute activations"
    )
    group.add_argument(
        "--requests-per-s", type=float, metavar="R", help="arriving at one replica: adds the wait"
    )


def exact_options(arguments: Namespace) -> dict[str, Any]:
    """What was given, by the keys of a request."""
    counts = [option.removeprefix("--").replace("-", "_") for option in _COUNTS]
    given = {name: getattr(arguments, name) for name in (*counts, *_NAMES, "checkpointing")}
    return {
        "model": arguments.model,
        "weights": arguments.weights,
        "trust_remote_code": arguments.trust_remote_code,
        "hardware": arguments.hardware,
        "workload": arguments.workload,
        "organization": arguments.organization,
        "set": tuple(arguments.settings),
        "with": arguments.chosen,
        **given,
    }
