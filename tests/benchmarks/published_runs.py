"""Projected accelerator hours and dollars of real training runs beside what was published.

`python -m tests.benchmarks.published_runs [NAME]` projects every run of `published_runs_cases`
(or those whose name holds NAME) with the shipped hardware profiles and price lists, as a month
with one run in it, and says which published figure lies within the projected interval. Dollars
are at the prices of the research lab's clouds; published ones are of their own day.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from advisor.catalog import load
from advisor.catalog.override import override_hardware
from advisor.catalog.workload import Serving, Training, Workload
from advisor.errors import ExitCode
from advisor.models import known
from advisor.models.config_files import ConfigFacts
from advisor.models.transformers_config import from_facts
from advisor.profiling.profile import ModelProfile
from advisor.profiling.run import profile
from advisor.projection.project import project
from advisor.projection.result import Bill, Estimate, Projection
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup
from advisor.units import BYTES_PER_GIB
from tests.benchmarks.published_runs_cases import RUNS, PublishedRun


def profiled(run: PublishedRun) -> ModelProfile:
    if isinstance(run.model, str):
        return profile(known.load(run.model, weights=False, trust_remote_code=False))
    facts = ConfigFacts(run.model, run.name)
    return profile(from_facts(run.name, facts, weights=False, trust_remote_code=False))


def candidates(run: PublishedRun) -> list[Setup]:
    """The run's own layout, else all usual ones of as many accelerators."""
    if run.layout_stated:
        return [run.setup]
    count = run.setup.data_parallel * (run.setup.tensor_parallel or 1)
    found = []
    for tensor, pipeline, micro, again in product((1, 2, 4, 8), (1, 2, 4, 8), (1, 2, 4), (0, 1)):
        data = count // (tensor * pipeline)
        if data * micro <= run.batch_sequences:
            found += [
                replace(
                    run.setup, tensor_parallel=tensor, pipeline_parallel=pipeline,
                    micro_batch=micro, data_parallel=data, checkpointing=bool(again),
                    sharding_stage=stage,
                    virtual_stages=virtual,
                )
                for stage in (1, 3)
                for virtual in ((1, 4) if pipeline > 1 else (1,))
            ]  # fmt: skip
    return found


def bill(run: PublishedRun, model: ModelProfile) -> tuple[Setup, Bill]:
    """The layout and its month's bill: nothing is served, no data is bought, nobody is paid."""
    training = Training(
        runs_per_month=1,
        samples=run.tokens / run.sequence_tokens,
        batch_size=run.batch_sequences,
        tokens_per_sample=run.sequence_tokens,
    )
    work = Workload("run", run.name, "training", Serving(requests_per_month=0), training)
    payer = load.organization_by_id("research-lab")
    part = override_hardware(load.hardware_by_id(run.hardware), run.settings)
    scenario = Scenario(model, part, work, payer, load.price_lists())
    setups = candidates(run)
    room = part.memory.capacity_gib * BYTES_PER_GIB
    best = min(
        zip(setups, project(scenario, setups), strict=True), key=lambda pair: _rank(pair[1], room)
    )
    return best[0], best[1].bill


def _rank(projected: Projection, room_bytes: float) -> tuple[bool, float]:
    """What fits comes first, then what takes the fewest hours."""
    memory, hours = projected.training_memory_bytes, of_training(projected.bill)[0]
    fits = memory is not None and memory.expected <= room_bytes
    return not fits, math.inf if hours is None else hours.expected


def of_training(found: Bill) -> tuple[Estimate | None, Estimate | None]:
    """Accelerator hours, failures included, and their dollars."""
    lines = [line for line in found.lines if line.unit == "accelerator hours"]
    hours = [line.quantity for line in lines if line.quantity is not None]
    usd = [line.usd_per_month for line in lines if line.usd_per_month is not None]
    return _sum(hours), _sum(usd)


def _sum(parts: Sequence[Estimate]) -> Estimate | None:
    if not parts:
        return None
    return Estimate(
        sum(each.low for each in parts),
        sum(each.expected for each in parts),
        sum(each.high for each in parts),
    )


def utilisation(run: PublishedRun, model: ModelProfile, hours: float) -> float:
    """Six operations for each parameter and token, over what the parts could do in `hours`."""
    peak = load.hardware_by_id(run.hardware).compute.peak_flops("bf16") or float("nan")
    return 6 * model.active_parameters * run.tokens / (hours * 3600 * peak)


def layout_text(setup: Setup) -> str:
    return (
        f"{setup.data_parallel} data × {setup.tensor_parallel} tensor × {setup.pipeline_parallel} "
        f"pipeline of {setup.virtual_stages} parts, stage {setup.sharding_stage}, micro-batch "
        f"{setup.micro_batch}{', checkpointing' if setup.checkpointing else ''}"
    )


def row(figure: str, unit: str, projected: Estimate | None, published: float | None) -> bool | None:
    """Print one figure; whether the published one lies within, None where one is not known."""
    if projected is None:
        sys.stdout.write(f"    {figure:6} not projected\n")
        return None
    low, expected, high = (f"{each:,.4g}" for each in vars(projected).values())
    told = "" if published is None else f"published {published:,.6g} {unit}"
    within = None if published is None else projected.low <= published <= projected.high
    off = "" if published is None else f", expected {projected.expected / published - 1:+.0%} of it"
    verdict = {None: "", True: ", within", False: ", OUTSIDE"}[within]
    sys.stdout.write(f"    {figure:6} {low} | {expected} | {high} {unit}  {told}{verdict}{off}\n")
    return within


def main(arguments: Sequence[str]) -> int:
    chosen = [run for run in RUNS if not arguments or arguments[0].lower() in run.name.lower()]
    verdicts: list[bool] = []
    for run in chosen:
        sys.stdout.write(f"{run.name} on {run.hardware}: {run.source}, {run.as_of}\n")
        if run.assumed:
            sys.stdout.write(f"    assumed: {run.assumed}\n")
        model = replace(profiled(run), reference=run.name)
        setup, found = bill(run, model)
        if not run.layout_stated:
            sys.stdout.write(f"    fastest: {layout_text(setup)}\n")
        hours, usd = of_training(found)
        within = (row("hours", "h", hours, run.hours), row("USD", "USD", usd, run.usd))
        if hours is not None:
            theirs, ours = (utilisation(run, model, each) for each in (run.hours, hours.expected))
            sys.stdout.write(
                f"    6 N D over the 16-bit peak: theirs {theirs:.0%}, ours {ours:.0%}\n"
            )
        if run.usd is not None and hours is not None and usd is not None:
            theirs, ours = run.usd / run.hours, usd.expected / hours.expected
            sys.stdout.write(f"    prices: theirs {theirs:.2f}, ours {ours:.2f} USD an hour\n")
        verdicts += [each for each in within if each is not None]
        sys.stdout.flush()
    sys.stdout.write(f"{sum(verdicts)} of {len(verdicts)} published figures lie within\n")
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
