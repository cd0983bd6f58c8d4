"""How far plans are from the exact minimum: `python -m tests.benchmarks.regret`.

Over a grid of scenarios the plan that the rules allow is compared with the minimum over every
setup that no rule forbids. `--output FILE` keeps each scenario as a line of JSON and goes on where
an earlier run ended; `--minima FILE` takes the minimum of a scenario from an earlier file where
the same was forbidden, so that changed rules are judged in seconds. That holds only while neither
the engine nor the strategies have changed since.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from advisor.advice.certificate import exact_minimum, usable_choices
from advisor.advice.permitted import guarded, sort_out
from advisor.advice.rule import findings
from advisor.advice.search import best_setup
from advisor.errors import ExitCode
from tests.benchmarks.regret_cases import Case, cases
from tests.support.scenarios import facts

CENT = 0.01


@dataclass(frozen=True)
class Regret:
    """One scenario. `fraction` is None where no setup at all keeps the constraints."""

    case: str
    forbidden: tuple[str, ...]
    plan_usd: float
    plan_feasible: bool
    plan: tuple[str, ...]
    minimum_usd: float
    minimum_feasible: bool
    minimum: tuple[str, ...]
    reasons: Mapping[str, str]
    """Of what only the minimum has."""
    elapsed_s: float

    @property
    def fraction(self) -> float | None:
        """Infinite where the plan breaks a constraint that the minimum keeps."""
        if not self.minimum_feasible:
            return None
        return self.plan_usd / self.minimum_usd - 1 if self.plan_feasible else float("inf")


def regret_of(case: Case, known: Mapping[str, Regret]) -> Regret:
    """The regret of the plan in `case`; its minimum is taken from `known` if it is there."""
    started = time.process_time()
    seen = facts(case.scenario())
    said = findings(seen)
    allowed, rejected = sort_out(seen, said)
    plan = best_setup(seen.scenario, allowed)
    forbidden = tuple(sorted({text for finding in said for text in finding.forbids}))
    before = known.get(case.name)
    if before is not None and set(before.forbidden) == set(forbidden):
        usd, feasible, minimum = before.minimum_usd, before.minimum_feasible, before.minimum
    else:
        choices = guarded(usable_choices(seen.scenario.hardware), said)
        found = exact_minimum(seen.scenario, choices, plan)
        usd, feasible = found.minimum_usd_per_month, found.minimum_is_feasible
        minimum = tuple(map(str, found.minimum_selection))
    chosen = tuple(map(str, plan.chosen))
    why = {each.slug: each.reason for each in rejected}
    only = [text for text in minimum if text not in chosen]
    reasons = {text: why.get(text.partition(":")[0], "allowed, and not chosen") for text in only}
    return Regret(
        case.name, forbidden, plan.usd_per_month, plan.feasible, chosen, usd, feasible, minimum,
        reasons, round(time.process_time() - started, 1),
    )  # fmt: skip


def read(path: Path | None) -> dict[str, Regret]:
    """What an earlier run wrote, by the name of the case."""
    if path is None or not path.exists():
        return {}
    lines = [json.loads(text) for text in path.read_text().splitlines()]
    lists = ("forbidden", "plan", "minimum")
    found = [Regret(**{**line, **{name: tuple(line[name]) for name in lists}}) for line in lines]
    return {each.case: each for each in found}


def report(regrets: Sequence[Regret], worst: int) -> str:
    """Median, 90th percentile and worst, and what only the minimum has in the worst cases."""
    known = sorted(
        ((each.fraction, each) for each in regrets if each.fraction is not None),
        key=lambda pair: (-pair[0], pair[1].case),
    )
    if not known:
        return f"{len(regrets)} scenarios, none with a setup that keeps every constraint\n"
    rising = [fraction for fraction, _ in reversed(known)]
    ninth = rising[min(int(0.9 * len(rising)), len(rising) - 1)]
    lines = [
        f"{len(regrets)} scenarios, {len(regrets) - len(known)} of them out of reach of any setup",
        f"regret: median {statistics.median(rising):.2%}, p90 {ninth:.2%}, worst {rising[-1]:.2%}",
    ]
    for fraction, each in known[:worst]:
        if each.plan_feasible and each.plan_usd - each.minimum_usd < CENT:
            break
        lines.append(f"{fraction:8.2%}  {each.case}: plan {', '.join(each.plan) or 'nothing on'}")
        lines += [f"          only the minimum: {one}: {why}" for one, why in each.reasons.items()]
    return "\n".join(lines) + "\n"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--models", help="names of models, separated by commas")
    parser.add_argument("--limit", type=int, help="at most this many scenarios, spread evenly")
    parser.add_argument("--output", type=Path, help="JSON lines; scenarios in it are not run again")
    parser.add_argument("--minima", type=Path, help="a file of an earlier run to take minima from")
    parser.add_argument("--worst", type=int, default=10, help="how many to explain")
    return parser.parse_args()


def main() -> int:
    asked = _arguments()
    models = asked.models.split(",") if asked.models else None
    done, known = read(asked.output), read(asked.minima)
    regrets = []
    for case in cases(models, asked.limit):
        if case.name not in done:
            done[case.name] = regret_of(case, known)
            if asked.output is not None:
                with asked.output.open("a") as file:
                    file.write(json.dumps(asdict(done[case.name])) + "\n")
        regrets.append(done[case.name])
    sys.stdout.write(report(regrets, asked.worst))
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
