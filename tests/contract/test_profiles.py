"""Every profile that ships: it loads, says where its figures come from, and makes sense."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.catalog import load
from advisor.catalog.hardware import Hardware
from advisor.catalog.locate import built_in_folder
from advisor.catalog.organization import Organization
from advisor.catalog.pricing import PriceList
from advisor.catalog.provenance import figures
from advisor.catalog.quantity import Source
from advisor.catalog.workload import Workload

KINDS: dict[str, type[Hardware | PriceList | Workload | Organization]] = {
    "hardware": Hardware,
    "pricing": PriceList,
    "workloads": Workload,
    "organizations": Organization,
}
FILES = [
    (folder, path) for folder in KINDS for path in sorted((built_in_folder() / folder).iterdir())
]
# Parts on price lists that no hardware profile describes; they are never matched.
WITHOUT_PROFILE = {"b300-sxm", "tpu-v6e", "h100-nvl", "gh200", "quadro-rtx6000"}
# These accumulate fp16 products in fp32 at half the rate of their tensor cores.
HALF_RATE_FP16 = {"rtx3090", "rtx4090"}
DOMAINS = {
    "medical-diagnosis",
    "financial-risk",
    "predictive-maintenance",
    "retail-recommendation",
    "logistics-routing",
    "urban-management",
    "environmental-monitoring",
    "chat-serving",
    "batch-scoring",
    "fine-tuning",
    "pre-training",
}


def shipped(folder: str) -> list[Path]:
    return [path for kind, path in FILES if kind == folder]


def parts() -> list[Hardware]:
    return [load.load_file(path, Hardware) for path in shipped("hardware")]


@pytest.mark.parametrize(("folder", "path"), FILES, ids=[f"{f}/{p.stem}" for f, p in FILES])
def test_loads_and_is_plain(folder: str, path: Path) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.toml", path.name)
    profile = load.load_file(path, KINDS[folder])
    assert profile.id == path.stem
    assert not re.search(r"\d\.\d{7,}", path.read_text()), "a figure with noise for digits"


@pytest.mark.parametrize("part", parts(), ids=lambda part: part.id)
def test_every_block_of_a_part_has_source_and_date(part: Hardware) -> None:
    blocks = (
        part.compute,
        part.memory,
        part.efficiency,
        part.link,
        part.power,
        part.mig,
        part.purchase,
    )
    for source in (block.source for block in blocks if block is not None):
        assert_sourced(source)


@pytest.mark.parametrize("part", parts(), ids=lambda part: part.id)
@pytest.mark.parametrize(
    ("wide", "narrow"),
    [("fp16", "fp8"), ("bf16", "fp8"), ("fp16", "int8"), ("int8", "int4"), ("fp8", "fp4")],
)
def test_peaks_are_dense(part: Hardware, wide: str, narrow: str) -> None:
    """Halving a number's width doubles the rate at most; a sparse figure would quadruple it."""
    slow, fast = part.compute.peak_flops(wide), part.compute.peak_flops(narrow)
    if (wide, narrow) == ("fp16", "int8") and part.id in HALF_RATE_FP16:
        assert slow is not None
        slow *= 2
    assert slow is None or fast is None or fast <= 2.05 * slow  # data sheets round


@pytest.mark.parametrize("part", parts(), ids=lambda part: part.id)
def test_time_rates_are_physical(part: Hardware) -> None:
    intensity = (part.compute.peak_flops("fp32") or 0) / (part.memory.bandwidth_gb_per_s * 1e9)
    assert 1 < intensity < 200, "operations a byte at fp32"
    assert part.efficiency.launch_us.high <= part.efficiency.dispatch_us.high
    assert part.efficiency.compute_fraction.low < part.efficiency.compute_fraction.high


def test_driver_names_are_unique() -> None:
    names = [
        name
        for part in parts()
        for name in {each.casefold() for each in (part.name, *part.aliases)}
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", shipped("pricing"), ids=lambda path: path.stem)
def test_prices_are_sourced_and_ordered(path: Path) -> None:
    known = {part.id for part in parts()}
    for instance in load.load_file(path, PriceList).instances:
        assert_sourced(instance.source)
        assert_sourced(instance.source_of("spot"))
        assert instance.hardware in known | WITHOUT_PROFILE
        assert instance.on_demand_usd_per_hour is not None
        if instance.spot_usd_per_hour is not None:
            assert instance.spot_usd_per_hour < instance.on_demand_usd_per_hour


def test_every_listed_price_is_here() -> None:
    lists = [load.load_file(path, PriceList) for path in shipped("pricing")]
    assert sum(len(prices.instances) for prices in lists) == 76


def test_a_price_of_a_part_of_a_machine_says_what_it_leaves_out() -> None:
    gcp = load.load_file(built_in_folder() / "pricing" / "gcp.toml", PriceList)
    partial = {each.type for each in gcp.instances if each.excludes is not None}
    assert partial == {"a3-megagpu-8g", "a3-ultragpu-8g"}


@pytest.mark.parametrize("path", shipped("organizations"), ids=lambda path: path.stem)
def test_every_figure_of_an_organization_is_sourced(path: Path) -> None:
    for figure in figures(load.load_file(path, Organization)):
        if figure.key in {"id", "title"}:
            continue
        assert figure.source is not None, figure.key
        assert_sourced(figure.source)


@pytest.mark.parametrize("path", shipped("workloads"), ids=lambda path: path.stem)
def test_every_key_of_a_workload_says_its_basis(path: Path) -> None:
    keys = [
        line
        for line in path.read_text().splitlines()
        if re.match(r"[a-z0-9_-]+ = ", line) and not line.startswith(("title", "domain"))
    ]
    assert len(keys) > 10
    assert [line for line in keys if "#" not in line] == []


def test_fraction_of_a_card_is_priced_as_a_card() -> None:
    azure = load.load_file(built_in_folder() / "pricing" / "azure.toml", PriceList)
    (sixth,) = (each for each in azure.instances if each.type == "NV6ads_A10_v5")
    assert sixth.usd_per_accelerator_hour("on-demand") == pytest.approx(6 * 0.454, rel=0.001)
    assert sixth.usd_per_accelerator_hour("reserved") is None


@pytest.mark.parametrize("path", shipped("organizations"), ids=lambda path: path.stem)
def test_organization_rents_from_lists_that_exist(path: Path) -> None:
    organization = load.load_file(path, Organization)
    assert set(organization.rental.clouds) <= {each.stem for each in shipped("pricing")}


def test_there_is_a_workload_for_each_domain() -> None:
    assert {path.stem for path in shipped("workloads")} >= DOMAINS


@pytest.mark.parametrize("path", shipped("workloads"), ids=lambda path: path.stem)
def test_workload_can_be_paid_by_every_organization(path: Path) -> None:
    workload = load.load_file(path, Workload)
    for organization in (load.load_file(each, Organization) for each in shipped("organizations")):
        assert set(workload.people_fte) <= set(organization.people.salaries_usd_per_year)
        assert workload.data.label_kind in {None, *organization.labels_usd}
        assert set(workload.data.tier_shares) <= set(organization.storage.tiers_usd_per_gb_month)
        assert workload.data.acquisition_usd_per_sample is not None
        assert workload.data.preprocessing_cpu_hours_per_1000_samples is not None


@pytest.mark.parametrize("path", shipped("workloads"), ids=lambda path: path.stem)
def test_workload_asks_for_something(path: Path) -> None:
    workload = load.load_file(path, Workload)
    assert workload.serving.requests_per_month > 0 or workload.training.runs_per_month > 0
    assert (workload.data.label_kind is None) == (workload.data.labels_per_sample == 0)
    assert (workload.serving.prompt_tokens is None) == (workload.serving.output_tokens is None)


def assert_sourced(source: Source) -> None:
    assert len(source.text) > 8
    assert re.search(r"20\d\d", source.as_of)
