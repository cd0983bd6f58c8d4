"""advisor audit --why-not: what stands against one strategy."""

from __future__ import annotations

from argparse import Namespace

from advisor import units
from advisor.advice.why_not import Answer, Effect, why_not
from advisor.cli._arguments import model_request
from advisor.cli._history import recall
from advisor.cli._output import StderrProgress, print_json, print_text
from advisor.errors import ExitCode, UsageError
from advisor.history import History
from advisor.session import open_session
from advisor.session_options import Options
from advisor.strategies.catalog import strategy_by_slug


def answer_why_not(arguments: Namespace, asked: Options) -> int:
    slug = arguments.why_not
    if arguments.output is not None:
        raise UsageError(f"--why-not prints an answer; --output {arguments.output} is for a plan")
    strategy_by_slug(slug, "--why-not")  # before a model is loaded for nothing
    with StderrProgress() as progress:
        session = open_session(model_request(arguments), asked, progress, History())
        recall(session)
        answer = why_not(*session.advice(), session.plan(), slug)
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    return ExitCode.DONE


def _print(answer: Answer) -> None:
    where = "not in the plan" if answer.step is None else f"step {answer.step} of the plan"
    print_text(f"{answer.slug} is {where}")
    for reason in answer.reasons:
        print_text(f"- {reason}")
    for effect in answer.effects:
        print_text(f"  {_effect(effect)}")


def _effect(effect: Effect) -> str:
    saving = effect.saving_usd_per_month
    change = units.delta_usd(None if saving is None else -saving)
    instead = ", ".join(map(str, effect.instead_of))
    text = f"{effect.choice}, added to the plan{f' instead of {instead}' if instead else ''}: "
    text += f"{change} a month"
    return text + (f"; breaks {', '.join(effect.broken)}" if effect.broken else "")
