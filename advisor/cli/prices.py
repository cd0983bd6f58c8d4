"""advisor prices: what an hour of an accelerator costs, where, since when."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timezone
from typing import Any

from advisor import units
from advisor.catalog.age import OLD_AFTER_DAYS, age_days, is_old
from advisor.catalog.load import hardware, price_list_by_id, price_lists
from advisor.catalog.pricing import EVERY_REGION, Instance, PriceList
from advisor.catalog.quantity import Source
from advisor.cli._arguments import add_json
from advisor.cli._output import print_json, print_table
from advisor.cli.command import Command
from advisor.errors import ExitCode, UnknownNameError


@dataclass(frozen=True)
class Offer:
    """One instance of one price list."""

    prices: PriceList
    instance: Instance


def offers(part: str | None, cloud: str | None, region: str | None) -> list[Offer]:
    """All offers, or those of one part, cloud and region. UnknownNameError for an unknown one."""
    lists = price_lists().values() if cloud is None else [price_list_by_id(cloud, "--cloud")]
    found = [Offer(prices, each) for prices in lists for each in prices.instances]
    priced = {offer.instance.hardware for offer in found}
    if part is not None and part not in priced | set(hardware()):
        raise UnknownNameError("hardware", part, priced | set(hardware()), "--hardware")
    regions = {offer.instance.region for offer in found}
    if region is not None and region not in regions:
        raise UnknownNameError("region", region, regions, "--region")
    return [
        offer
        for offer in found
        if part in (None, offer.instance.hardware)
        and (region is None or offer.instance.region in (region, EVERY_REGION))
    ]


def _reserved(offer: Offer) -> float | None:
    """The price of a one-year commitment: as listed, or the list's discount off on-demand."""
    listed = offer.instance.usd_per_accelerator_hour("reserved")
    discount = offer.prices.reserved_discounts.get("1-year")
    on_demand = offer.instance.usd_per_accelerator_hour("on-demand")
    if listed is not None or discount is None or on_demand is None:
        return listed
    return on_demand * (1 - discount.expected)


def _age(instance: Instance, today: date) -> str:
    """Of the prices, and of the spot price where it is of another day."""
    told = _days(instance.source, today)
    if instance.spot_source is None:
        return told
    return f"{told}; spot {_days(instance.spot_source, today)}"


def _days(source: Source, today: date) -> str:
    age = age_days(source, today)
    if age is None:
        return units.UNKNOWN
    return f"{age} days old" if is_old(source, today) else f"{age} days"


def _is_old(instance: Instance, today: date) -> bool:
    """Whether any of its prices is."""
    return any(is_old(each, today) for each in (instance.source, instance.source_of("spot")))


def row(offer: Offer, today: date) -> tuple[str, ...]:
    """Prices are of one accelerator for an hour."""
    each = offer.instance
    return (
        offer.prices.id,
        each.type,
        each.region,
        each.hardware,
        units.number(each.accelerators),
        units.unit_price(each.usd_per_accelerator_hour("on-demand")),
        units.unit_price(each.usd_per_accelerator_hour("spot")),
        units.unit_price(_reserved(offer)),
        _age(each, today),
        each.source.as_of,
        f"without {each.excludes}" if each.excludes else each.source.text,
    )


HEADER = (
    "cloud", "instance", "region", "hardware", "of them", "on-demand", "spot", "1 year", "age",
    "as of", "source",
)  # fmt: skip


def document(offer: Offer, today: date) -> dict[str, Any]:
    each = offer.instance
    return {
        "cloud": offer.prices.id,
        "currency": offer.prices.currency,
        **asdict(each),
        "usd_per_accelerator_hour": {
            "on_demand": each.usd_per_accelerator_hour("on-demand"),
            "spot": each.usd_per_accelerator_hour("spot"),
            "reserved_1yr": _reserved(offer),
        },
        "reserved_discounts": offer.prices.reserved_discounts,
        "age_days": age_days(each.source, today),
        "spot_age_days": age_days(each.source_of("spot"), today),
        "is_old": _is_old(each, today),
    }


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--hardware", metavar="ID", help="only this part")
    parser.add_argument("--cloud", metavar="ID", help="only this price list")
    parser.add_argument("--region", metavar="NAME", help="only this region, as the lists name it")
    add_json(parser)


def run(arguments: Namespace) -> int:
    found = offers(arguments.hardware, arguments.cloud, arguments.region)
    report(found, datetime.now(tz=timezone.utc).date(), as_json=arguments.json)
    return ExitCode.DONE


def report(found: Sequence[Offer], today: date, *, as_json: bool) -> None:
    """Print the offers, and on stderr how many of their prices are old."""
    if as_json:
        print_json([document(offer, today) for offer in found])
    elif found:
        print_table(HEADER, [row(offer, today) for offer in found])
    else:
        sys.stderr.write("no price list has such an instance: its price is not known\n")
    old = sum(_is_old(offer.instance, today) for offer in found)
    if old:
        sys.stderr.write(f"{old} of {len(found)} prices are older than {OLD_AFTER_DAYS} days\n")


COMMAND = Command(
    "prices", "list the prices of accelerators by cloud, with their age and source", configure, run
)
