"""Peak memory of a training step, projected from one profile and tracked under each strategy.

`python -m tests.benchmarks.training_memory [MODEL ...]` profiles models of the zoo as they are,
projects what a step holds with strategies that change it, and tracks such a step, operator by
operator, on tensors without data. Prints bytes and error of each, and the medians. 8-bit
optimizers are not among them: theirs is compiled, which hides its operators.
"""

from __future__ import annotations

import statistics
import sys
from collections import defaultdict

from advisor import units
from advisor.errors import AdvisorError
from advisor.profiling.run import profile
from advisor.profiling.training_setting import TrainingSetting
from advisor.projection.check import relative_error
from advisor.strategies.selection import parse_selection, setup_for
from tests.support.training_memory import projected_bytes, tracked_bytes
from tests.zoo.zoo import build

MODELS = (
    "bert-base", "vit-base", "convnext-tiny", "resnet-50", "t5-base", "whisper-small", "unet",
    "mlp", "lstm", "recommendation", "torch-transformer", "swin-tiny", "mobilenet-v2",
    "wav2vec2-base", "segformer-b0",
)  # fmt: skip
"""In 32 bits, as few blocks or all of them are quick to track."""
SETTINGS = {
    "": TrainingSetting(),
    "amp": TrainingSetting(precision="amp-bf16"),
    "activation-checkpointing": TrainingSetting(checkpointing=True),
    "activation-checkpointing,amp": TrainingSetting(precision="amp-bf16", checkpointing=True),
}


def compare(name: str, errors: dict[str, list[float]]) -> None:
    model = build(name)
    made = profile(model)
    for chosen, setting in SETTINGS.items():
        try:
            tracked = tracked_bytes(model, setting)
        except AdvisorError as refused:
            sys.stdout.write(f"{name:20} {chosen:32} {refused}\n")
            continue
        projected = projected_bytes(made, setup_for(parse_selection(chosen)))
        error = None if projected is None else relative_error(projected, tracked)
        if error is not None:
            errors[chosen].append(abs(error))
        sys.stdout.write(
            f"{name:20} {chosen:32} {units.memory(projected):>12} {units.memory(tracked):>12} "
            f"{units.percent(error, signed=True):>8}\n"
        )
        sys.stdout.flush()


def main(names: list[str]) -> None:
    errors: dict[str, list[float]] = defaultdict(list)
    sys.stdout.write(f"{'model':20} {'strategies':32} {'projected':>12} {'tracked':>12}    error\n")
    for name in names or MODELS:
        compare(name, errors)
    for chosen, each in errors.items():
        sys.stdout.write(
            f"{chosen or 'none':32} median {units.percent(statistics.median(each))}, "
            f"worst {units.percent(max(each))} of {len(each)}\n"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
