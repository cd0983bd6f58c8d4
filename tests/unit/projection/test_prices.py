"""Which listed price is charged, and what is said where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.catalog.pricing import Instance, PriceList
from advisor.errors import UnknownNameError
from advisor.projection.prices import hourly_price
from advisor.projection.scenario import Scenario
from tests.support.bills import PAYER, PRICES, SOURCE, changed, exactly, paper


def with_prices(*instances: Instance, **rental: object) -> Scenario:
    given = paper(changed(PAYER, "rental", **rental))
    return replace(given, price_lists={"cloud": replace(PRICES, instances=instances)})


def instance(region: str = "here", usd: float = 4.0, **more: object) -> Instance:
    figures = {"on_demand_usd_per_hour": usd, **more}
    return Instance("one", "card", 1, region, SOURCE, **figures)  # type: ignore[arg-type]


def test_the_cheapest_is_taken() -> None:
    found = hourly_price(with_prices(instance(usd=3), instance(usd=2)), "on-demand")
    assert found.usd == exactly(2)


def test_a_price_that_leaves_something_out_is_not_charged() -> None:
    partial = replace(instance(usd=1), excludes="the host")
    assert hourly_price(with_prices(instance(usd=2), partial), "on-demand").usd == exactly(2)
    found = hourly_price(with_prices(partial), "on-demand")
    assert found.missing == "on-demand price of card on cloud: not in the catalogue"


def test_regions_confine_and_every_region_is_any() -> None:
    lists = (instance("here", 2), instance("there", 1), instance("all", 3))
    assert hourly_price(with_prices(*lists, regions=("here",)), "on-demand").usd == exactly(2)
    assert hourly_price(with_prices(*lists[1:], regions=("all",)), "on-demand").usd == exactly(3)
    both = with_prices(*lists, regions=("here", "there"))
    assert hourly_price(both, "on-demand").usd == exactly(1)


def test_an_unknown_region_names_the_choices() -> None:
    given = with_prices(instance("us-east-1"), regions=("us-eat-1",))
    with pytest.raises(UnknownNameError, match=r"region 'us-eat-1'.*rental\.regions.*us-east-1"):
        hourly_price(given, "on-demand")


def test_a_cloud_without_a_price_list_names_the_choices() -> None:
    given = with_prices(instance(), clouds=("clowd",))
    with pytest.raises(UnknownNameError, match=r"cloud 'clowd'.*rental\.clouds.*cloud"):
        hourly_price(given, "on-demand")


def test_a_listed_reserved_price_is_taken_before_a_discount() -> None:
    found = hourly_price(with_prices(instance(usd=4, reserved_1yr_usd_per_hour=3.0)), "reserved")
    assert found.usd == exactly(3)


def test_the_discount_of_the_list_stands_in_and_the_own_one_wins() -> None:
    listed = hourly_price(with_prices(instance(usd=4)), "reserved")
    own = hourly_price(with_prices(instance(usd=4), reserved_discount=exactly(0.5)), "reserved")
    assert listed.usd is not None
    assert own.usd is not None
    assert listed.usd.expected == pytest.approx(2.4)
    assert own.usd.expected == pytest.approx(2.0)
    assert own.off[0][1] == "organization payer: rental.reserved_discount"


def test_a_longer_commitment_has_its_own_price() -> None:
    given = with_prices(instance(usd=4), commitment="3-year")
    assert hourly_price(given, "reserved").usd is None
    discounts = {"1-year": exactly(0.4), "3-year": exactly(0.6)}
    prices = PriceList("cloud", "A cloud", "USD", (instance(usd=4),), discounts)  # type: ignore[arg-type]
    found = hourly_price(replace(given, price_lists={"cloud": prices}), "reserved")
    assert found.usd is not None
    assert found.usd.expected == pytest.approx(1.6)


def test_a_wide_discount_makes_a_wide_price_in_the_right_order() -> None:
    wide = replace(exactly(0.3), low=0.2, high=0.5)
    found = hourly_price(with_prices(instance(usd=10), reserved_discount=wide), "reserved").usd
    assert found is not None
    assert (found.low, found.expected, found.high) == pytest.approx((5, 7, 8))


def test_the_negotiated_discount_is_off_every_price() -> None:
    given = with_prices(
        instance(usd=4, spot_usd_per_hour=2.0, reserved_1yr_usd_per_hour=3.0),
        negotiated_discount=0.25,
    )
    found = [hourly_price(given, option).usd for option in ("on-demand", "spot", "reserved")]
    assert [each.expected for each in found if each] == pytest.approx([3, 1.5, 2.25])


def test_no_spot_market_is_missing_and_not_nothing() -> None:
    found = hourly_price(with_prices(instance()), "spot")
    assert found.usd is None
    assert found.missing == "spot price of card on cloud: not in the catalogue"
