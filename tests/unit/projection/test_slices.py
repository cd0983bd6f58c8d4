"""A MIG slice: its part of the GPU, worked by hand, and what is said where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.catalog.convert import convert
from advisor.catalog.hardware import MigSlice
from advisor.catalog.load import hardware_by_id
from advisor.errors import CatalogError
from advisor.projection.columns import setup_columns
from advisor.projection.memory import capacity_bytes
from advisor.projection.setup import Setup
from advisor.projection.slices import WHOLE, part_of


@pytest.mark.parametrize(
    ("slice_name", "gib", "compute", "count"),
    [
        ("1g", 9.75, 1 / 7, 7),
        ("1g-double-memory", 19.62, 1 / 7, 4),
        ("2g", 19.62, 2 / 7, 3),
        ("3g", 39.5, 3 / 7, 2),
        ("4g", 39.5, 4 / 7, 1),
    ],
)
def test_a_slice_of_80_gib(slice_name: str, gib: float, compute: float, count: int) -> None:
    hardware = hardware_by_id("h100-sxm")
    columns = setup_columns([Setup(mig_slice=slice_name)], "float32", hardware)
    assert capacity_bytes(hardware, columns) == pytest.approx([gib * 2**30])
    assert columns.compute_share == pytest.approx([compute])
    assert columns.slices == np.array([count])


def test_the_whole_gpu_is_the_default() -> None:
    assert part_of(Setup(), hardware_by_id("l4")) == WHOLE


@pytest.mark.parametrize(("hardware_id", "slice_name"), [("l4", "1g"), ("h100-sxm", "5g")])
def test_a_gpu_without_such_a_slice_stays_whole(hardware_id: str, slice_name: str) -> None:
    assert part_of(Setup(mig_slice=slice_name), hardware_by_id(hardware_id)) == WHOLE


def test_where_the_driver_is_not_known_to_list_it_memory_is_the_share() -> None:
    assert part_of(Setup(mig_slice="3g"), hardware_by_id("h200-sxm")).capacity == 4 / 8


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("compute_slices", 8, "gpu.toml: compute_slices: Expected `int` <= 7"),
        ("memory_slices", 0, "gpu.toml: memory_slices: Expected `int` >= 1"),
        ("memory_slices", 2, "gpu.toml: 7 instances of 2 memory_slices exceed the GPU's 8"),
    ],
)
def test_what_no_gpu_can_hold_is_refused(key: str, value: int, message: str) -> None:
    table = {"name": "1g.10gb", "compute_slices": 1, "memory_slices": 1, "count": 7}
    with pytest.raises(CatalogError, match=message):
        convert({**table, key: value}, MigSlice, "gpu.toml")
