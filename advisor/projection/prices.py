"""Which listed price an accelerator hour is charged at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from advisor.catalog.pricing import EVERY_REGION, Instance, PriceList, PurchaseOption
from advisor.catalog.quantity import Quantity
from advisor.errors import UnknownNameError
from advisor.projection.kept import kept_with
from advisor.projection.lines import Known, paid
from advisor.projection.scenario import Case, Scenario

Discount = tuple[str, str, Quantity]
"""Its name, where it is stated, and the share of the price."""


@dataclass(frozen=True)
class HourlyPrice:
    """USD for one accelerator for one hour, or what is missing.

    `list_usd` is what the list states, `off` the discounts taken from it, by their names.
    Machines are rented whole: `at_once` is how many accelerators one has, 1 where it has a part
    of one.
    """

    name: str
    usd: Quantity | None
    basis: str
    list_usd: Known | None = None
    off: tuple[Discount, ...] = ()
    at_once: float = 1.0

    @property
    def missing(self) -> str | None:
        return None if self.usd is not None else self.basis

    def inputs(self, case: Case) -> tuple[Known, ...]:
        """The listed price and each discount, at the end of their ranges for `case`."""
        if self.list_usd is None:
            return ()
        discounts = (
            # A discount helps: the cheap case takes its high end.
            Known(name, {"low": off.high, "high": off.low}.get(case, off.expected), "of the price",
                  origin, off.source)
            for name, origin, off in self.off
        )  # fmt: skip
        return (self.list_usd, *discounts)


def hourly_price(scenario: Scenario, option: PurchaseOption) -> HourlyPrice:
    """The cheapest price of one accelerator, on a machine of any size."""
    return hourly_prices(scenario, option)[0]


@kept_with
def hourly_prices(scenario: Scenario, option: PurchaseOption) -> tuple[HourlyPrice, ...]:
    """`offered_prices`, looked up once for a scenario and kept as long as it is."""
    return offered_prices(scenario, option)


def offered_prices(scenario: Scenario, option: PurchaseOption) -> tuple[HourlyPrice, ...]:
    """Prices of the scenario's hardware in the organization's clouds, the cheapest first.

    A price is left out where a cheaper one is of machines that it could be made up of: whatever
    is needed costs no more there. One entry that says what is missing where there is none.

    A reserved price that no list states is the on-demand price less the organization's own
    discount for a commitment, or else the discount of the price list. The negotiated discount is
    taken off every price. Raises UnknownNameError for a cloud without a price list and for a region
    that none of the organization's price lists has.
    """
    check_places(scenario)
    offers = [*_listed(scenario, option)]
    if option == "reserved":
        offers += _less_commitment(scenario)
    if offers:
        offers.sort(key=lambda each: (each.usd, each.at_once, each.prices.id, each.instance.type))
        return tuple(_price(scenario, each) for each in _unbeaten(offers))
    rental = scenario.organization.rental
    where = ", ".join(rental.clouds) or "no cloud"
    where += f" in {', '.join(rental.regions)}" if rental.regions else ""
    missing = f"{option} price of {scenario.hardware.id} on {where}: not in the catalogue"
    return (HourlyPrice(f"{option} price", None, missing),)


def _unbeaten(offers: Sequence[_Offer]) -> list[_Offer]:
    """Of offers in the order of their price, those that no earlier one stands in for."""
    kept: list[_Offer] = []
    for offer in offers:
        if all(offer.at_once % cheaper.at_once for cheaper in kept):
            kept.append(offer)
    return kept


def check_places(scenario: Scenario) -> None:
    """Refuse clouds without a price list and regions that none of the lists has."""
    rental = scenario.organization.rental
    origin = f"organization {scenario.organization.id}: rental"
    for cloud in rental.clouds:
        if cloud not in scenario.price_lists:
            raise UnknownNameError("cloud", cloud, scenario.price_lists, f"{origin}.clouds")
    lists = [scenario.price_lists[name] for name in rental.clouds]
    known = {each.region for prices in lists for each in prices.instances}
    for region in rental.regions:
        if region not in known:
            raise UnknownNameError("region", region, known, f"{origin}.regions")


@dataclass(frozen=True)
class _Offer:
    """One accelerator of one instance for an hour, before what was negotiated.

    `usd` is `list_usd`, the price by `option`, less the discount of a commitment in `off`.
    """

    prices: PriceList
    instance: Instance
    option: PurchaseOption
    list_usd: float
    usd: float
    off: tuple[Discount, ...] = ()

    @property
    def at_once(self) -> float:
        return max(self.instance.accelerators, 1.0)


def _offered(scenario: Scenario) -> Iterator[tuple[PriceList, Instance]]:
    """Instances with the scenario's hardware, where the organization may rent them."""
    rental = scenario.organization.rental
    for cloud in rental.clouds:
        prices = scenario.price_lists[cloud]
        for instance in prices.instances:
            anywhere = not rental.regions or instance.region == EVERY_REGION
            if (
                instance.hardware == scenario.hardware.id
                and instance.excludes is None
                and (anywhere or instance.region in rental.regions)
            ):
                yield prices, instance


def _listed(scenario: Scenario, option: PurchaseOption) -> Iterator[_Offer]:
    for prices, instance in _offered(scenario):
        usd = instance.usd_per_accelerator_hour(option, scenario.organization.rental.commitment)
        if usd is not None:
            yield _Offer(prices, instance, option, usd, usd)


def _less_commitment(scenario: Scenario) -> Iterator[_Offer]:
    """On-demand prices less a discount for committing to them."""
    rental = scenario.organization.rental
    for prices, instance in _offered(scenario):
        own = rental.reserved_discount
        discount = own or prices.reserved_discounts.get(rental.commitment)
        usd = instance.usd_per_accelerator_hour("on-demand")
        listed = instance.usd_per_accelerator_hour("reserved", rental.commitment)
        if discount is None or usd is None or listed is not None:
            continue
        origin = (
            f"price list {prices.id}: reserved_discounts.{rental.commitment}"
            if own is None
            else f"organization {scenario.organization.id}: rental.reserved_discount"
        )
        off = (f"discount for a {rental.commitment} commitment", origin, discount)
        yield _Offer(prices, instance, "on-demand", usd, usd * (1 - discount.expected), (off,))


def _price(scenario: Scenario, offer: _Offer) -> HourlyPrice:
    """The offer less what was negotiated, with the names of all that is taken off."""
    negotiated = paid(
        scenario, "rental.negotiated_discount", "negotiated discount", "of the price", "expected"
    )
    off = offer.off
    if negotiated.value > 0:
        off = (*off, (negotiated.name, negotiated.origin, Quantity.exact(negotiated.value)))
    low = expected = high = offer.list_usd
    for _, _, discount in off:
        low, expected, high = (
            low * (1 - discount.high), expected * (1 - discount.expected), high * (1 - discount.low)
        )  # fmt: skip
    prices, instance = offer.prices, offer.instance
    source = instance.source_of(offer.option)
    bought = f"{prices.id} {instance.type} {offer.option}, {instance.region}"
    basis = f"{bought}, {source.as_of}" + "".join(f", less {name}" for name, _, _ in off)
    origin = f"price list {prices.id}: {instance.type}, {instance.region}"
    listed = Known(f"{offer.option} price", offer.list_usd, "USD/h", origin, source)
    usd = Quantity(expected, low, high, source)
    return HourlyPrice(listed.name, usd, basis, listed, off, offer.at_once)
