"""How long profiles of large models take, and what repeated blocks save.

Run by hand: `python -m tests.benchmarks.repeats [MODEL ...]`. Prints, for each known model, the
profile's `elapsed_s` (construction of the module included, imports aside), processor time, and the
time of a plain fvcore trace of the same whole model in the same run; then 1,000 identical layers
against 10. `--all` profiles every known model, with no plain trace. `--equal [NAME ...]` counts
models of the zoo at their published depths from few blocks and from all, and prints what differs.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import transformers
from fvcore.nn import FlopCountAnalysis

from advisor.catalog.locate import profile_files
from advisor.models.blocks import with_chain
from advisor.models.decoder_shape import decoder_shape
from advisor.models.load import load
from advisor.models.loaded import LoadedModel
from advisor.profiling.blocks import find_shortcut
from advisor.profiling.counting import runnable_replica
from advisor.profiling.phases import first_phase
from advisor.profiling.profile import ModelProfile
from advisor.profiling.repeats import UnlikeBlocksError
from advisor.profiling.replica import meta_replica
from advisor.profiling.run import profile
from advisor.profiling.shape_checks import shape_checks_under_tracing
from advisor.profiling.work import count_few_blocks, count_whole
from tests.zoo.zoo import NAMES, build

MODELS = ("llama-3.1-405b", "deepseek-v3")
REPEATS = 3


def timed(action: Callable[[], Any]) -> tuple[Any, float, float]:
    """What `action` returns, with its wall and its processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    result = action()
    return result, time.perf_counter() - wall, time.process_time() - processor


def plain_fvcore(model: LoadedModel) -> int:
    """Multiply-adds that fvcore itself counts in a trace of the whole model."""
    invocation = first_phase(meta_replica(model)).invocation
    analysis = FlopCountAnalysis(invocation, invocation.tensors)
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    with torch.no_grad(), shape_checks_under_tracing():
        return int(analysis.total())


def chain(layers: int) -> LoadedModel:
    """A Llama of that many small layers."""
    config = transformers.LlamaConfig(
        hidden_size=256, intermediate_size=512, num_attention_heads=4, num_hidden_layers=layers
    )
    with torch.device("meta"):
        module = transformers.LlamaForCausalLM(config).eval()
    tokens = {"input_ids": torch.zeros(1, 512, dtype=torch.long, device="meta")}
    shape = decoder_shape(config)
    model = LoadedModel("chain", module, keyword_inputs=tokens, decoder=shape, weights="meta")
    return with_chain(model, follows_config=True)


def _load_and_profile(name: str) -> ModelProfile:
    return profile(load(name))


def _best(model: LoadedModel) -> float:
    return min(timed(partial(profile, model))[1] for _ in range(REPEATS))


def show(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def compare(name: str) -> None:
    """Ours against plain fvcore, the best of a few runs of each."""
    ours = [timed(partial(_load_and_profile, name)) for _ in range(REPEATS)]
    best = min(ours, key=lambda each: each[1])
    whole = load(name)
    plain = timed(lambda: plain_fvcore(whole))
    show(
        f"{name:20} elapsed {best[0].elapsed_s:6.2f} s  load and profile {best[1]:6.2f} s  "
        f"processor {best[2]:6.2f} s  plain fvcore {plain[1]:6.2f} s  "
        f"ratio {plain[1] / best[1]:5.1f}"
    )


def equal(name: str) -> None:
    """Whether few blocks of a model of the zoo tell, of all phases, what all of them do."""
    model = build(name)
    shortcut = find_shortcut(model)
    if shortcut is None:
        show(f"{name:20} no shortcut")
        return
    replicate = runnable_replica(shortcut.sample)
    try:
        told = count_few_blocks(replicate, shortcut)
    except UnlikeBlocksError as error:
        show(f"{name:20} no shortcut: {error}")
        return
    seen = count_whole(model, replicate)
    differing = sum(
        (Counter(mine.operators) - Counter(full.operators)).total()
        + (Counter(full.operators) - Counter(mine.operators)).total()
        for mine, full in zip(told.phases, seen.phases, strict=True)
    )
    same_modules = +Counter(told.by_module) == +Counter(seen.by_module)
    show(
        f"{name:20} blocks {len(shortcut.kinds):3}  sampled {len(shortcut.counts) + 1}  "
        f"multiply-adds told {told.by_module['']:.6e}  seen {seen.by_module['']:.6e}  "
        + ("equal" if same_modules and not differing else f"{differing} ROWS DIFFER")
    )


def main(arguments: list[str]) -> None:
    """Print each figure; the first profile of all pays for imports and is not shown."""
    if arguments[:1] == ["--equal"]:
        for name in arguments[1:] or NAMES:
            equal(name)
        return
    profile(load("qwen3-0.6b"))
    if arguments == ["--all"]:
        for name in profile_files("models"):
            made, wall, processor = timed(partial(_load_and_profile, name))
            show(f"{name:28} {wall:6.2f} s  processor {processor:6.2f} s  {made.counted_by}")
        return
    for name in arguments or MODELS:
        compare(name)
    few, many = (_best(chain(layers)) for layers in (10, 1000))
    show(f"10 layers {few:.2f} s  1,000 layers {many:.2f} s  ratio {many / few:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
