"""What a line says it is computed from is what it is computed from."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from advisor.catalog.pricing import PurchaseOption
from advisor.projection.lines import CostLine
from advisor.projection.scenario import CASES, Case, Scenario
from tests.support.bills import PAYER, changed, exactly, fleet, lines_of, paper

SIGNS = {"×": "*", "÷": "/", "−": "-", "10⁹": "1e9"}
OPERATIONS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


def evaluated(line: CostLine) -> float:
    """The formula, its names replaced by the values of the inputs of the same name."""
    text = line.formula.partition(";")[0]
    for sign, written in SIGNS.items():
        text = text.replace(sign, written)
    names = sorted(line.inputs, key=lambda each: -len(each.name))
    for index, each in enumerate(names):
        text = text.replace(each.name, f"x{index}x")
    values = {f"x{index}x": each.value for index, each in enumerate(names)}
    unused = [each.name for index, each in enumerate(names) if f"x{index}x" not in text]
    assert not unused, f"{line.name}: {line.formula} does not name {unused}"
    assert not re.search(r"[a-wyz]{2}", text), f"{line.name}: no input for a part of {text}"
    return _value(ast.parse(text, mode="eval").body, values)


def _value(node: ast.expr, values: dict[str, Any]) -> float:
    if isinstance(node, ast.BinOp):
        return OPERATIONS[type(node.op)](_value(node.left, values), _value(node.right, values))
    if isinstance(node, ast.Name):
        value = values[node.id]
        return float(value[0]) if isinstance(value, np.ndarray) else float(value)
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int | float)
    return float(node.value)


def uncertain() -> Scenario:
    """Ranges wherever the bill has any, so that the ends of the ranges are told apart."""

    def wide(value: float) -> Any:
        return replace(exactly(value), low=value * 0.5, high=value * 1.5)

    payer = changed(PAYER, "rental", negotiated_discount=0.1, reserved_discount=wide(0.3))
    payer = changed(payer, "capacity", spot_lost_work_fraction=wide(0.1),
                    spot_fallback_fraction=wide(0.2), failed_work_fraction=wide(0.05),
                    standing_still_fraction=wide(0.08))  # fmt: skip
    payer = changed(payer, "energy", usd_per_kwh=wide(0.1))
    payer = changed(payer, "ownership", residual_fraction=wide(0.2),
                    owned_accelerators={"card": 9.0})  # fmt: skip
    return paper(changed(payer, "people", on_cost_factor=wide(2.5)))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("option", ["on-demand", "spot", "reserved", "owned"])
def test_each_formula_evaluated_on_its_inputs_gives_its_line(
    option: PurchaseOption, case: Case
) -> None:
    size = fleet(
        serving_accelerators=3, serving_hours=1_500, training_hours=760, owned_accelerators=5,
        energy_kwh=1_000,
    )  # fmt: skip
    found = lines_of(
        uncertain(), size, option, option, weights_bytes=3e9, ranks=2, effort_days=5, case=case
    )
    assert len(found) >= 15
    for line in found.values():
        assert evaluated(line) == pytest.approx(float(line.usd_per_month[0])), line.name


def test_every_input_says_where_it_comes_from() -> None:
    found = lines_of(paper(), fleet(serving_hours=730), "on-demand", "on-demand")
    (price,) = (each for each in found["serving, on-demand"].inputs if each.unit == "USD/h")
    assert price.origin == "price list cloud: four, here"
    assert price.source is not None
    assert price.source.as_of == "2026-11-01"
    (stored,) = (each for each in found["storage"].inputs if each.name == "GB stored")
    assert stored.origin == "workload work: data.stored_gb"
    assert all(each.origin for line in found.values() for each in line.inputs)
