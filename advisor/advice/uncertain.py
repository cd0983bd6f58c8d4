"""The inputs that a plan's saving stands on, each with a way to put another value in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, get_args, get_type_hints

from advisor.catalog.pricing import Instance
from advisor.catalog.quantity import Quantity, Within
from advisor.projection.scenario import Scenario
from advisor.projection.setup import Setup

Case = tuple[Scenario, Setup]
"""What is evaluated: the scenario, and the setup that the plan leads to."""

ANYTHING = Within()


@dataclass(frozen=True)
class UncertainInput:
    """`key` is dotted, after the profile it is of; `put` gives the case with that value there.

    `low` and `high` are the ends that its source states; equal where it states none.
    """

    key: str
    low: float
    expected: float
    high: float
    limits: Within
    """What it can be at all: a share is no more than 1."""
    put: Callable[[Case, float], Case]


def uncertain_inputs(case: Case) -> list[UncertainInput]:
    """What has a range in the organization, the hardware and the plan, and what decides most.

    The latter are demand, horizon and hourly prices, which are stated without a range.
    """
    scenario, planned = case
    found = [
        _ranged(name, *figure)
        for name in ("organization", "hardware")
        for figure in _quantities(getattr(scenario, name), (), ANYTHING)
    ]
    days = planned.effort_days
    found.append(
        UncertainInput(
            "plan: days of work", days.low, days.expected, days.high, ANYTHING,
            lambda case, value: (case[0], replace(case[1], effort_days=Quantity.exact(value))),
        )
    )  # fmt: skip
    for path in (
        ("serving", "requests_per_month"), ("serving", "peak_to_mean"),
        ("training", "runs_per_month"), ("data", "new_samples_per_month"), ("horizon_months",),
    ):  # fmt: skip
        value = _at(scenario.workload, path)
        found.append(_stated("workload", path, value))
    found.append(UncertainInput("price lists: prices, times", 1.0, 1.0, 1.0, ANYTHING, _put_prices))
    return [each for each in found if each.expected > 0]


def _quantities(
    value: Any, path: tuple[str, ...], limits: Within
) -> Iterator[tuple[tuple[str, ...], Quantity, Within]]:
    """Every figure below `value` whose ends differ, with the path to it and its limits."""
    if isinstance(value, Quantity):
        if value.low < value.high:
            yield path, value, limits
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _quantities(each, (*path, str(key)), ANYTHING)
    elif is_dataclass(value):
        hints = get_type_hints(type(value), include_extras=True)
        for field in fields(value):
            within = _within(hints[field.name])
            yield from _quantities(getattr(value, field.name), (*path, field.name), within)


def _within(annotation: Any) -> Within:
    """The limits that an annotation, or what is optional in it, is marked with."""
    marks = [
        mark
        for part in (annotation, *get_args(annotation))
        for mark in getattr(part, "__metadata__", ())
        if isinstance(mark, Within)
    ]
    return marks[0] if marks else ANYTHING


def _ranged(
    profile: str, path: tuple[str, ...], quantity: Quantity, limits: Within
) -> UncertainInput:
    def put(case: Case, value: float) -> Case:
        exactly = Quantity(value, value, value, quantity.source)
        return _put(case, profile, path, exactly)

    return UncertainInput(
        f"{profile}: {'.'.join(path)}", quantity.low, quantity.expected, quantity.high, limits, put
    )


def _stated(profile: str, path: tuple[str, ...], value: float) -> UncertainInput:
    return UncertainInput(
        f"{profile}: {'.'.join(path)}", value, value, value, ANYTHING,
        lambda case, other: _put(case, profile, path, other),
    )  # fmt: skip


def _put(case: Case, profile: str, path: tuple[str, ...], value: object) -> Case:
    scenario, planned = case
    changed = _with(getattr(scenario, profile), path, value)
    return replace(scenario, **{profile: changed}), planned


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        value = getattr(value, part)
    return value


def _with(value: Any, path: tuple[str, ...], new: object) -> Any:
    """`value` with what lies at `path` below it replaced."""
    if not path:
        return new
    first, rest = path[0], path[1:]
    if isinstance(value, Mapping):
        return {**value, first: _with(value[first], rest, new)}
    return replace(value, **{first: _with(getattr(value, first), rest, new)})


def _put_prices(case: Case, factor: float) -> Case:
    scenario, planned = case
    lists = {
        name: replace(prices, instances=tuple(_times(each, factor) for each in prices.instances))
        for name, prices in scenario.price_lists.items()
    }
    return replace(scenario, price_lists=lists), planned


def _times(instance: Instance, factor: float) -> Instance:
    priced = [field.name for field in fields(instance) if field.name.endswith("_usd_per_hour")]
    changed = {
        name: price * factor for name in priced if (price := getattr(instance, name)) is not None
    }
    return replace(instance, **changed)
