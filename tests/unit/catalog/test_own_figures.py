"""The user's own prices, discounts and hardware, over those of the profiles."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from advisor.catalog import load
from advisor.catalog.own_figures import own_figures
from advisor.catalog.pricing import Instance
from advisor.catalog.quantity import Quantity
from advisor.errors import UsageError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="XDG folders are those of Linux")
CATALOGUES = (load.hardware, load.price_lists, load.workloads, load.organizations, own_figures)
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "advisor" / "overrides.toml"
    path.parent.mkdir()

    def write(text: str) -> Path:
        path.write_text(text)
        clear()
        return path

    def clear() -> None:
        for catalogue in CATALOGUES:
            catalogue.cache_clear()

    clear()
    yield write
    clear()


def read_everything() -> None:
    for catalogue in CATALOGUES:
        catalogue()


def p5() -> Instance:
    instances = load.price_lists()["aws"].instances
    return next(each for each in instances if each.type == "p5.48xlarge")


def test_no_file_changes_nothing(write: Write) -> None:
    assert own_figures().hardware == {}
    assert p5().on_demand_usd_per_hour == 55.04


def test_a_negotiated_price_is_yours_and_says_so(write: Write) -> None:
    write(
        'as_of = "2026-11-01"\n[pricing.aws.instances."p5.48xlarge"]\non_demand_usd_per_hour = 40'
    )
    assert p5().on_demand_usd_per_hour == 40
    assert p5().spot_usd_per_hour == 18.6838
    assert p5().source.as_of == "2026-11-01"
    assert "on_demand_usd_per_hour" in p5().source.text
    assert "skypilot" in p5().source.text


def test_an_instance_of_your_own_is_added(write: Write) -> None:
    write(
        '[pricing.aws.instances.private]\nhardware = "h100-sxm"\naccelerators = 8\n'
        'region = "us-east-1"\nreserved_1yr_usd_per_hour = 12'
    )
    (mine,) = (each for each in load.price_lists()["aws"].instances if each.type == "private")
    assert mine.usd_per_accelerator_hour("reserved") == 1.5
    assert mine.source.text == "your own overrides.toml"


def test_the_price_you_paid_takes_the_place_of_a_range(write: Write) -> None:
    write('as_of = "2026-10-05"\n[hardware.h100-sxm.purchase]\nprice_usd = 24_000')
    purchase = load.hardware_by_id("h100-sxm").purchase
    assert purchase is not None
    assert purchase.price_usd == Quantity.exact(24_000)
    assert purchase.price_usd.source is not None
    assert purchase.price_usd.source.as_of == "2026-10-05"


def test_a_range_can_be_changed_at_one_end(write: Write) -> None:
    write("[organizations.cloud-startup.energy.usd_per_kwh]\nhigh = 0.5")
    found = load.organization_by_id("cloud-startup").energy.usd_per_kwh
    assert (found.expected, found.high) == (0.146, 0.5)


def test_discount_owned_parts_and_demand(write: Write) -> None:
    write(
        "[organizations.cloud-startup.rental]\nnegotiated_discount = 0.15\n"
        "reserved_discount = 0.45\n"
        "[organizations.on-premises-enterprise.ownership]\nowned_accelerators = { h100-sxm = 16 }\n"
        "maintenance_fraction_per_year = 0.05\n"
        "[workloads.chat-serving.serving]\nrequests_per_month = 5_000_000"
    )
    rental = load.organization_by_id("cloud-startup").rental
    assert rental.negotiated_discount == 0.15
    assert rental.reserved_discount == Quantity.exact(0.45)
    ownership = load.organization_by_id("on-premises-enterprise").ownership
    assert ownership.owned_accelerators == {"h100-sxm": 16}
    assert ownership.maintenance_fraction_per_year == Quantity.exact(0.05)
    assert load.workload_by_id("chat-serving").serving.requests_per_month == 5_000_000
    assert load.workload_by_id("chat-serving").serving.prompt_tokens == 1_024


def test_a_file_without_a_date_is_as_old_as_its_last_change(write: Write) -> None:
    path = write("[hardware.h100-sxm.purchase]\nprice_usd = 24_000")
    os.utime(path, (1_700_000_000, 1_700_000_000))  # 2023-11-14, 22:13 UTC
    own_figures.cache_clear()
    load.hardware.cache_clear()
    purchase = load.hardware_by_id("h100-sxm").purchase
    assert purchase is not None
    assert purchase.source.as_of == "2023-11-14"


REFUSED = [
    ('curency = "EUR"', "unknown key 'curency'"),
    ("[hardwre.h100-sxm.power]\ntdp_w = 3", "Did you mean 'hardware'?"),
    ('currency = "EUR"', "currency: Expected one of 'USD', got 'EUR'"),
    ('[pricing.aws]\ncurrency = "EUR"', "pricing.aws: currency: Expected one of 'USD', got 'EUR'"),
    ("[hardware.h100-smx.power]\ntdp_w = 3", "Did you mean 'h100-sxm'?"),
    ("[hardware.h100-sxm.power]\ntdp = 3", "hardware.h100-sxm: power.tdp: unknown key"),
    ("[hardware.h100-sxm.power]\ntdp_w = 0", "power.tdp_w: Expected `float` > 0.0, got 0"),
    ("[hardware]\nh100-sxm = 3", "hardware.h100-sxm: Expected a table, got 3"),
    ("hardware = 3", "hardware: Expected tables by the id of a profile, got 3"),
    ('[pricing.aws.instances."p5.48xlarge"]\nspot = 3', "spot: unknown key"),
    ('[pricing.aws.instances."p5.48xlarge"]\nspot_usd_per_hour = 1e6', "<= 2000.0, got 1000000.0"),
    ("[pricing.aws.instances.p5-48xlarge]\nspot_usd_per_hour = 3", "Did you mean 'p5.48xlarge'?"),
    ('[pricing.aws.instances.new]\nhardware = "t4"', "accelerators: missing; required by"),
    ("[organizations.cloud-startup.rental]\nnegotiated_discount = 15", "<= 1.0, got 15"),
    ("[pricing.aws.reserved_discounts]\n2-year = 0.3", "did you mean '3-year'?"),
    ("[pricing", "overrides.toml: "),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[each[0][:40] for each in REFUSED])
def test_refusal_names_the_file_the_key_and_what_is_accepted(
    write: Write, text: str, message: str
) -> None:
    path = write(text)
    with pytest.raises(UsageError) as caught:
        read_everything()
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_a_spot_price_of_your_own_has_no_one_else_s_source(write: Write) -> None:
    write('[pricing.gcp.instances."a2-highgpu-1g"]\nspot_usd_per_hour = 1')
    instances = load.price_lists()["gcp"].instances
    mine = next(each for each in instances if each.type == "a2-highgpu-1g")
    assert mine.spot_source is None
    assert "your own" in mine.source_of("spot").text
    other = next(each for each in instances if each.type == "a2-highgpu-8g")
    assert other.source_of("spot").as_of != other.source_of("on-demand").as_of
