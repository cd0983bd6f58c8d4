"""The economics of a plan as the document of the JSON export."""

from __future__ import annotations

import math

from advisor.advice.attribution import Attribution
from advisor.advice.break_even import BreakEven
from advisor.advice.economics import Economics
from advisor.advice.plan_economics import PlanEconomics
from advisor.advice.tornado import Sensitivity
from advisor.export import _document as document
from advisor.export._figures import figure, known, optional


def economics_of(found: PlanEconomics) -> document.Economics:
    return document.Economics(
        plan=_investment(found.plan),
        steps=tuple(map(_investment, found.steps)),
        strategies=tuple(
            document.AloneInvestment(str(each.choice), each.broken, _investment(each.economics))
            for each in found.alone
        ),
        break_even=None if found.buying is None else _break_even(found.buying),
        inputs=tuple(map(_sensitivity, found.inputs)),
        attribution=None if found.shares is None else _attribution(found.shares),
    )


def _investment(found: Economics) -> document.Investment:
    payback, rate = found.payback_months, found.discount_rate_per_year
    told = None if rate is None else rate.source
    return document.Investment(
        up_front_usd=known(found.up_front_usd),
        saving_usd_per_month=optional(found.saving_usd_per_month),
        payback_months=optional(payback),
        repaid=None if payback is None else math.isfinite(payback.expected),
        net_present_value_usd=optional(found.net_present_value_usd),
        return_fraction=optional(found.return_fraction),
        horizon_months=figure(found.horizon_months),
        discount_rate_per_year=optional(rate),
        discount_rate_source=(
            None if told is None else document.Source(told.text, told.as_of, told.confidence)
        ),
    )


def _break_even(found: BreakEven) -> document.BreakEven:
    return document.BreakEven(
        accelerators=figure(found.accelerators),
        purchase_usd=figure(found.purchase_usd),
        owned_usd_per_month=figure(found.owned_usd_per_month),
        rented_usd_per_month=figure(found.rented_usd_per_month),
        months=figure(found.months),
        utilisation=figure(found.utilisation),
        life_months=figure(found.life_months),
        missing=found.missing,
    )


def _sensitivity(found: Sensitivity) -> document.Sensitivity:
    return document.Sensitivity(
        key=found.key,
        low=figure(found.low),
        expected=figure(found.expected),
        high=figure(found.high),
        saving_at_low_usd=figure(found.saving_at_low_usd),
        saving_at_high_usd=figure(found.saving_at_high_usd),
        flip=figure(found.flip),
    )


def _attribution(found: Attribution) -> document.Attribution:
    return document.Attribution(
        shares=tuple(
            document.Share(str(each.choice), each.usd_per_month, dict(each.by_component.items()))
            for each in found.shares
        ),
        interactions=tuple(
            document.Interaction((str(each.one), str(each.two)), each.usd_per_month)
            for each in found.interactions
        ),
    )
