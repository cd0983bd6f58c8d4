"""Operators as the points of a calibration hold them, and what a part makes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from advisor.catalog.hardware import Curve, Curves, Hardware
from advisor.profiling.profile import Operator
from advisor.projection.curves import curves_of
from advisor.projection.points import TimedPoint, point_rows
from advisor.projection.setup import Setup


def with_curves(hardware: Hardware, curves: Curves) -> Hardware:
    return replace(hardware, efficiency=replace(hardware.efficiency, curves=curves))


def with_class(hardware: Hardware, name: str, **figures: Any) -> Hardware:
    """`hardware` with some figures of a class its own, the others as they were."""
    curves = curves_of(hardware)
    changed = replace(curves.classes.get(name, Curve()), **figures)
    return with_curves(hardware, replace(curves, classes={**curves.classes, name: changed}))


def seconds_of(hardware: Hardware, *operators: Operator, setup: Setup | None = None) -> float:
    rows = point_rows([TimedPoint(operators, 1.0, setup or Setup())], hardware)
    return float(rows.projected(hardware)[0])
