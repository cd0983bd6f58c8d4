"""advisor measure --training: train with and without the strategies, and say what came of it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

import msgspec

from advisor import units
from advisor.advice.indicators import Indicator
from advisor.cli._arguments import model_request, options, positive
from advisor.cli._history import from_history, keep
from advisor.cli._indicators import print_indicators
from advisor.cli._measuring import seconds
from advisor.cli._output import StderrProgress, print_json, print_table, print_text
from advisor.cli._ranks import print_ranks
from advisor.errors import ExitCode
from advisor.export._indicators import as_document
from advisor.history import History
from advisor.measurement.distributed.comparison import ComparedRanks
from advisor.measurement.distributed.result import Nodes
from advisor.measurement.training_comparison import ComparedTraining
from advisor.measurement.training_result import MemoryCategory
from advisor.session import Session, open_session
from advisor.session_training import (
    DEFAULT_PATIENCE_S,
    ComparedRun,
    keep_training,
    train,
    trained_before,
    training_request,
)
from advisor.strategies.selection import Selection, parse_selection

_HELD: tuple[MemoryCategory, ...] = ("parameters", "gradients", "optimizer", "activations")


def measure_training(arguments: Namespace) -> int:
    chosen = parse_selection(arguments.chosen)
    with StderrProgress() as progress:
        session = open_session(model_request(arguments), options(arguments), progress, History())
        request = training_request(
            session, chosen, arguments.device, arguments.steps, _nodes(arguments),
            arguments.patience,
        )  # fmt: skip
        earlier = None
        if not arguments.again:
            earlier = from_history(lambda: trained_before(session, request))
        compared = earlier or train(session, request, progress, arguments.limit)
    if earlier is None:
        keep(lambda: keep_training(session, compared))
    rows = _indicators(session, chosen, compared)
    if arguments.json:
        told = {"from_history": earlier is not None, "indicators": [as_document(r) for r in rows]}
        print_json({**_document(compared), **told})
    elif isinstance(compared, ComparedRanks):
        print_ranks(compared)
    else:
        _print(compared)
        print_indicators(rows)
    if earlier is not None and not arguments.json:
        taken_at = compared.measurement.taken_at
        print_text(f"found in the history of {taken_at}; --again measures anew")
    return ExitCode.DONE


def _indicators(
    session: Session, chosen: Selection, compared: ComparedRun
) -> tuple[Indicator, ...]:
    """What is on, with its measured step; none of ranks, which may share one processor here.

    The bill is of accelerators, and hardware that is none cannot have such a selection on.
    """
    if isinstance(compared, ComparedRanks):
        return ()
    session.select(chosen)
    return session.snapshot().indicators


def add_distributed(parser: ArgumentParser) -> None:
    """Options of a run over several machines, the same command on each."""
    parser.add_argument("--nodes", type=positive, metavar="N", help="machines that train together")
    parser.add_argument(
        "--node-rank", type=int, default=0, metavar="K", help="which of them, from 0"
    )
    parser.add_argument("--rendezvous", metavar="HOST:PORT", help="where they meet, on one of them")
    parser.add_argument(
        "--patience", type=seconds, default=DEFAULT_PATIENCE_S, metavar="SECONDS",
        help="how long a process waits for the others before one of them is said to hang",
    )  # fmt: skip


def _nodes(arguments: Namespace) -> Nodes | None:
    if arguments.nodes is None:
        return None
    return Nodes(arguments.nodes, arguments.node_rank, arguments.rendezvous)


def _document(compared: ComparedRun) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(compared)
    if isinstance(compared, ComparedRanks):
        found = compared.measurement
        document["speed_up"] = found.speed_up
        document["scaling_efficiency"] = found.scaling_efficiency
        document["loss_difference"] = found.loss_difference
    return document


def _print(compared: ComparedTraining) -> None:
    found = compared.measurement
    runs = (found.baseline, found.variant)
    sides = (compared.baseline, compared.variant)
    unit = "samples/s" if found.baseline.tokens_per_sample is None else "tokens/s"
    steps = [each.projected.step_s if each.projected else None for each in sides]
    held = [each.projected.memory_bytes if each.projected else None for each in sides]
    rows = [
        ("training step, median", *(units.seconds(run.step_s.median) for run in runs)),
        ("  projected", *(units.seconds(each.expected if each else None) for each in steps)),
        ("  error", *(units.percent(each.step_error, signed=True) for each in sides)),
        ("throughput", *(units.number(run.throughput_per_s, unit) for run in runs)),
        ("peak memory", *(units.memory(run.peak_memory_bytes) for run in runs)),
        ("  projected", *(units.memory(each) for each in held)),
        ("  error", *(units.percent(each.memory_error, signed=True) for each in sides)),
        *((f"  {name}", *(units.memory(run.memory_bytes[name]) for run in runs)) for name in _HELD),
        ("trained parameters", *(units.number(run.trained_parameters) for run in runs)),
        ("loss of the first step", *(f"{run.first_loss:.4f}" for run in runs)),
        ("loss of the last step", *(f"{run.last_loss:.4f}" for run in runs)),
    ]  # fmt: skip
    print_table(("", "baseline", "variant"), rows)
    ratio = found.variant.step_s.median / found.baseline.step_s.median
    sure = found.step_ratio
    known = "" if sure is None else f" (95%: {sure.low:.2f} to {sure.high:.2f})"
    noisy = ", the machine is too noisy to tell" if found.machine_is_too_noisy else ""
    print_text(
        f"\nthe step takes {ratio:.2f} times the baseline's{known}{noisy}; error of that ratio as "
        f"projected: {units.percent(compared.ratio_error, signed=True)}"
    )
    for note in found.notes:
        print_text(f"note: {note}")
    where = found.environment
    print_text(
        f"on {where.device_name}, torch {where.torch}, {where.threads} threads, "
        f"{found.variant.step_s.repeats} steps of {found.baseline.samples_per_step} samples"
    )
