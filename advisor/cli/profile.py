"""advisor profile: what the model computes and holds."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any

from advisor import units
from advisor.catalog import load
from advisor.cli._arguments import add_json, add_model, model_request
from advisor.cli._output import StderrProgress, print_json, print_table, print_text
from advisor.cli.command import Command
from advisor.errors import ExitCode
from advisor.measurement.process import run_profile
from advisor.profiling.profile import ModelProfile
from advisor.profiling.summary import FLOPS, OTHER_FLOPS, uncounted_lines
from advisor.projection.contexts import ContextCost, costs_by_context, usual_contexts

LARGEST_MODULES = 20


def configure(parser: ArgumentParser) -> None:
    add_model(parser)
    add_json(parser)


def document(profile: ModelProfile) -> dict[str, Any]:
    """The published shape of `advisor profile --json`."""
    return {
        "reference": profile.reference,
        "model_type": profile.model_type,
        "parameters": profile.parameters,
        "active_parameters": profile.active_parameters,
        "multiply_adds": profile.multiply_adds,
        "flops": profile.flops,
        "other_flops": profile.other_flops,
        "conventions": {"flops": FLOPS, "other_flops": OTHER_FLOPS},
        "counted_by": profile.counted_by,
        "uncounted_operators": profile.uncounted_operators,
        "uncounted_traffic": profile.uncounted_traffic,
        "dtype": profile.dtype,
        "weights": profile.weights,
        "weights_bytes": profile.weights_bytes,
        "inference_peak_bytes": profile.memory.inference_peak_bytes,
        "training_peak_bytes": profile.memory.training_peak_bytes,
        "memory": profile.memory,
        "decoder": profile.decoder,
        "by_context": _by_context(profile),
        "phases": profile.phases,
        "modules": profile.modules,
        "notes": profile.notes,
        "elapsed_s": profile.elapsed_s,
    }


def run(arguments: Namespace) -> int:
    with StderrProgress() as progress:
        profile = run_profile(model_request(arguments), progress)
    if arguments.json:
        print_json(document(profile))
    else:
        _print(profile)
    return ExitCode.DONE


def _print(profile: ModelProfile) -> None:
    phase, memory = profile.phases[0], profile.memory
    size = f"batch {phase.batch_size}"
    if phase.query_tokens:
        size += f", {phase.query_tokens} tokens"
    facts = [
        ("model", f"{profile.reference} ({profile.model_type}, {profile.weights} weights)"),
        ("parameters", units.parameters(profile.parameters)),
        ("active parameters", units.parameters(profile.active_parameters)),
        ("weights", f"{units.memory(profile.weights_bytes)} in {profile.dtype}"),
        (f"{phase.name}", size),
        ("multiply-adds", units.count(profile.multiply_adds)),
        (f"FLOPs ({FLOPS})", units.count(profile.flops)),
        ("other FLOPs", f"{units.count(profile.other_flops)} ({OTHER_FLOPS})"),
        ("counted by", profile.counted_by),
        ("inference peak", units.memory(memory.inference_peak_bytes)),
        ("training peak", f"{units.memory(memory.training_peak_bytes)} ({memory.method})"),
        ("profiled in", units.seconds(profile.elapsed_s)),
    ]
    width = max(len(name) for name, _ in facts)
    print_text("\n".join(f"{name.ljust(width)}  {value}" for name, value in facts) + "\n")
    largest = sorted(profile.modules, key=lambda row: -row.multiply_adds)[:LARGEST_MODULES]
    print_table(
        ("module", "type", "parameters", "multiply-adds"),
        [
            (row.path or "(model)", row.type, units.parameters(row.parameters),
             units.count(row.multiply_adds))
            for row in largest
        ],
    )  # fmt: skip
    _print_by_context(_by_context(profile))
    print_text(f"\nnot counted: {', '.join(uncounted_lines(profile)) or 'nothing'}")
    for note in profile.notes:
        print_text(f"note: {note}")


def _by_context(profile: ModelProfile) -> tuple[ContextCost, ...]:
    any_hardware = next(iter(load.hardware().values()))
    return costs_by_context(profile, usual_contexts(profile), any_hardware)


def _print_by_context(costs: Sequence[ContextCost]) -> None:
    if not costs:
        return
    print_text("\nby context, one sequence:")
    print_table(
        ("context", "prefill: multiply-adds", "traffic", "decode: multiply-adds", "traffic",
         "cache"),
        [
            (
                f"{each.context_tokens:,}",
                units.count(each.prefill_multiply_adds),
                units.memory(each.prefill_traffic_bytes),
                units.count(each.decode_multiply_adds),
                units.memory(each.decode_traffic_bytes),
                units.memory(each.cache_bytes),
            )
            for each in costs
        ],
    )  # fmt: skip


COMMAND = Command("profile", "count operators, parameters and memory of a model", configure, run)
