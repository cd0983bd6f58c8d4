"""Renting against buying in words, the same on the screen and in a file."""

from __future__ import annotations

from advisor import units
from advisor.advice.break_even import BreakEven


def buying_text(found: BreakEven) -> str:
    """One sentence on renting against buying what the plan needs."""
    least = "at least " if found.missing else ""
    text = (
        f"{units.number(found.accelerators)} {_accelerators(found.accelerators)}: bought for "
        f"{units.usd(found.purchase_usd)}, {least}{units.usd(found.owned_usd_per_month)} a month "
        f"over {found.life_months:g} months; on demand {units.usd(found.rented_usd_per_month)} a "
        "month"
    )
    if found.purchase_usd is None or found.rented_usd_per_month is None:
        return f"{text}. Where they break even is not known."
    if found.utilisation is None:
        return f"{text}."
    verdict = (
        "renting is cheaper at any use"
        if found.utilisation > 1
        else f"owning is cheaper from {least}{units.percent(found.utilisation, digits=0)} of the "
        "month's hours on"
    )
    after = units.months(found.months)
    paid = "rent never pays for it" if after == "never" else f"rent pays for it in {least}{after}"
    return f"{text}. {paid[0].upper()}{paid[1:]}; {verdict}."


def _accelerators(count: float) -> str:
    return "accelerator" if count == 1 else "accelerators"
