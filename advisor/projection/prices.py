"""Which listed price an accelerator hour is charged at."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.catalog.pricing import Instance, PurchaseOption
from advisor.catalog.quantity import Quantity
from advisor.projection.scenario import Scenario


@dataclass(frozen=True)
class HourlyPrice:
    """USD for one accelerator for one hour, or what is missing."""

    usd: Quantity | None
    basis: str

    @property
    def missing(self) -> str | None:
        return None if self.usd is not None else self.basis


def hourly_price(scenario: Scenario, option: PurchaseOption) -> HourlyPrice:
    """The cheapest listed price of the scenario's hardware in the organization's clouds.

    A reserved price that no list states is the on-demand price less the organization's own
    estimate of the discount. The negotiated discount is taken off every price.
    """
    rental, hardware = scenario.organization.rental, scenario.hardware
    listed = _cheapest(scenario, option)
    if listed is not None:
        usd, instance, cloud = listed
        paid = usd * (1 - rental.negotiated_discount)
        basis = f"{cloud} {instance.type} {option}, {instance.region}, {instance.source.as_of}"
        return HourlyPrice(Quantity.exact(paid), basis)
    if option == "reserved" and rental.reserved_discount is not None:
        on_demand = hourly_price(scenario, "on-demand")
        if on_demand.usd is not None:
            price, off = on_demand.usd.expected, rental.reserved_discount
            usd_range = Quantity(
                low=price * (1 - off.high),
                expected=price * (1 - off.expected),
                high=price * (1 - off.low),
            )
            return HourlyPrice(usd_range, f"{on_demand.basis}, less a one-year commitment")
    clouds = ", ".join(rental.clouds) or "no cloud"
    return HourlyPrice(None, f"{option} price of {hardware.id} on {clouds}: not in the catalogue")


def _cheapest(scenario: Scenario, option: PurchaseOption) -> tuple[float, Instance, str] | None:
    offers = [
        (price, instance, cloud)
        for cloud in scenario.organization.rental.clouds
        if cloud in scenario.price_lists
        for instance in scenario.price_lists[cloud].instances
        if instance.hardware == scenario.hardware.id
        and (price := instance.usd_per_accelerator_hour(option)) is not None
    ]
    return min(offers, key=lambda offer: (offer[0], offer[2], offer[1].type), default=None)
