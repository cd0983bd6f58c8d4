"""Tables to dataclasses: what is accepted, and what a refusal says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from advisor.catalog.convert import convert
from advisor.catalog.quantity import Quantity, Share
from advisor.errors import CatalogError

HALF = Quantity.exact(0.5)


@dataclass(frozen=True)
class Part:
    weight_kg: Annotated[float, Meta(gt=0)]
    colour: Literal["red", "blue"] = "red"


@dataclass(frozen=True)
class Machine:
    id: str
    price: Quantity
    parts: tuple[Part, ...]
    maintenance: Quantity | None
    loss: Share = HALF
    hours: Mapping[str, Quantity] = field(default_factory=dict)


GOOD: dict[str, Any] = {"price": 3, "parts": [{"weight_kg": 1}]}


def machine(**changes: object) -> Machine:
    return convert({**GOOD, **changes}, Machine, "m.toml", given={"id": "m"})


def test_plain_number_is_an_exact_quantity() -> None:
    assert machine().price == Quantity.exact(3.0)


def test_table_gives_the_range() -> None:
    table = {"low": 1, "expected": 2.5, "high": 4}
    assert machine(hours={"day": table}).hours["day"] == Quantity(low=1, expected=2.5, high=4)


def test_absent_optional_without_default_is_unknown() -> None:
    assert machine().maintenance is None


REFUSED = [
    ({"prise": 3}, "m.toml: prise: unknown key; allowed: price, parts, maintenance, loss, hours"),
    ({"id": "other"}, "m.toml: id: unknown key"),
    ({"price": "3"}, "price: Expected a number or a table {low, expected, high}, got '3'"),
    ({"price": True}, "price: Expected a number or a table"),
    ({"price": -1}, "price: Expected figures ≥ 0, got -1 to -1"),
    ({"price": float("nan")}, "price.low: Expected a finite number, got nan"),
    ({"price": {"low": 3, "expected": 2, "high": 4}}, "price: low 3.0 ≤ expected 2.0"),
    ({"price": {"low": 1, "high": 4}}, "price.expected: missing; required by Quantity"),
    ({"price": {"low": 1, "expected": 2, "high": 4, "mid": 2}}, "price.mid: unknown key"),
    ({"price": None}, "price: Expected a number or a table"),
    ({"loss": 80}, "loss: Expected figures from 0 to 1, got 80 to 80"),
    ({"parts": {}}, "parts: Expected an array, got {}"),
    ({"parts": "abc"}, "parts: Expected an array, got 'abc'"),
    ({"parts": [3]}, "parts[0]: Expected a table, got 3"),
    ({"parts": [{"weight_kg": -5}]}, "parts[0].weight_kg: Expected `float` > 0.0, got -5"),
    ({"parts": [{"weight_kg": 1}, {"weight_kg": "1"}]}, "parts[1].weight_kg: Expected `float`"),
    ({"parts": [{"weight_kg": True}]}, "parts[0].weight_kg: Expected `float`, got True"),
    ({"parts": [{"weight_kg": 10**400}]}, "parts[0].weight_kg: "),
    ({"price": 10**400}, "price.low: "),
    (
        {"parts": [{"weight_kg": 1, "colour": "green"}]},
        "parts[0].colour: Expected one of 'red', 'blue', got 'green'",
    ),
    ({"parts": [{"weight_kg": 1, "colour": []}]}, "parts[0].colour: Expected one of"),
    ({"hours": [1]}, "hours: Expected a table, got [1]"),
    ({"hours": {"day": "x"}}, "hours.day: Expected a number"),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED, ids=[each[1][:40] for each in REFUSED])
def test_refusal_names_file_key_and_what_is_accepted(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(CatalogError) as caught:
        machine(**changes)
    assert str(caught.value).startswith("m.toml: ")
    assert message in str(caught.value)


def test_missing_key_is_named() -> None:
    with pytest.raises(CatalogError, match=r"m\.toml: price: missing; required by Machine"):
        convert({"parts": []}, Machine, "m.toml", given={"id": "m"})


def test_control_characters_of_a_value_are_shown_not_sent() -> None:
    with pytest.raises(CatalogError) as caught:
        machine(price="\x1b[2J")
    assert "\x1b" not in str(caught.value)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(key=st.sampled_from(["price", "parts", "maintenance", "loss", "hours"]), value=anything)
def test_any_table_is_taken_or_refused_with_its_origin(key: str, value: object) -> None:
    refusal, built = "", None
    try:
        built = machine(**{key: value})
    except CatalogError as error:
        refusal = str(error)
    if built is None:
        assert refusal.startswith(f"m.toml: {key}")
    else:
        assert built.price.low >= 0
        assert built.loss.high <= 1


@given(st.lists(st.floats(0, 1e12), min_size=3, max_size=3).map(sorted))
def test_ordered_figures_survive(figures: list[float]) -> None:
    low, expected, high = figures
    table = {"low": low, "expected": expected, "high": high}
    assert machine(price=table).price == Quantity(low=low, expected=expected, high=high)
