"""What the model's data costs to keep, tier by tier, and to read back from a colder one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.errors import UnknownNameError
from advisor.projection.data_kept import kept_input, packed_input, packed_share, samples_kept
from advisor.projection.lines import CostLine, Input, Known, asked, fixed_line, of_kept, paid
from advisor.projection.moved_data import Moved, moved_data
from advisor.projection.operators import Floats
from advisor.projection.scenario import Case, Scenario
from advisor.projection.setup import Setup


def storage_lines(scenario: Scenario, setups: Sequence[Setup], case: Case) -> Iterator[CostLine]:
    """Each tier at its own price, what is moved to a colder one, and what the months to come add.

    What setups leave out or pack is left out and packed in every tier.
    """
    stored = samples_kept(scenario, setups, case)
    packed = packed_share(scenario, setups, case)
    fewer = any(setup.deduplicated for setup in setups)
    known = (
        *kept_input(scenario, stored, "samples", left_out=fewer),
        *packed_input(scenario, setups, packed),
    )
    moved = moved_data(scenario, setups, case)
    for line in _lines(scenario, len(setups), moved, case):
        yield of_kept(line, stored * packed, known)


@dataclass(frozen=True)
class _Kept:
    """What lies in object storage: GB in all tiers, and the tiers that the workload names."""

    stored: Known
    hot: Known
    colder: tuple[tuple[Known, Known], ...]
    """Share and price of each."""

    @property
    def rest(self) -> float:
        return max(1 - sum(share.value for share, _ in self.colder), 0.0)

    @property
    def left(self) -> str:
        """`rest` as a formula."""
        shares = " − ".join(share.name for share, _ in self.colder)
        return f"(1 − {shares})" if shares else "1"

    @property
    def shares(self) -> tuple[Known, ...]:
        return tuple(share for share, _ in self.colder)


def _kept(scenario: Scenario, case: Case) -> _Kept:
    shares, priced = scenario.workload.data.tier_shares, scenario.organization.storage
    colder: list[tuple[Known, Known]] = []
    for tier in sorted(shares):
        if tier not in priced.tiers_usd_per_gb_month:
            origin = f"workload {scenario.workload.id}: data.tier_shares"
            raise UnknownNameError("storage tier", tier, priced.tiers_usd_per_gb_month, origin)
        share = asked(scenario, f"data.tier_shares.{tier}", f"share in {tier}", "of what is stored")
        price = paid(
            scenario, f"storage.tiers_usd_per_gb_month.{tier}", f"{tier} storage", "USD/GB-month",
            case,
        )  # fmt: skip
        colder.append((share, price))
    hot = paid(scenario, "storage.object_usd_per_gb_month", "object storage", "USD/GB-month", case)
    return _Kept(asked(scenario, "data.stored_gb", "GB stored", "GB"), hot, tuple(colder))


def _lines(scenario: Scenario, size: int, moved: Moved | None, case: Case) -> Iterator[CostLine]:
    kept = _kept(scenario, case)
    for share, price in kept.colder:
        yield fixed_line(
            "data", f"storage, {share.name.removeprefix('share in ')}",
            kept.stored.value * share.value, "GB", price.value,
            f"{kept.stored.name} × {share.name} × {price.name}", size,
            (kept.stored, share, price),
        )  # fmt: skip
    at_hand = fixed_line(
        "data", "storage", kept.stored.value * kept.rest, "GB", kept.hot.value,
        f"{kept.stored.name} × {kept.left} × object storage", size,
        (kept.stored, *kept.shares, kept.hot),
    )  # fmt: skip
    if moved is None:
        yield at_hand
    else:
        yield from _moved_lines(kept, moved)
    yield _growth(scenario, kept, moved, size)


def _moved_lines(kept: _Kept, moved: Moved) -> Iterator[CostLine]:
    """What stays in object storage, what lies in the colder tier, and what runs read back."""
    whole = kept.stored.value * kept.rest
    share, back = np.asarray(moved.share.value), np.asarray(moved.read_back.value)
    formula = f"{kept.stored.name} × {kept.left}"
    figures: tuple[Input, ...] = (kept.stored, *kept.shares, moved.share)
    hot = np.full_like(share, kept.hot.value)
    yield CostLine(
        "data", "storage", whole * (1 - share), "GB", hot,
        f"{formula} × (1 − {moved.share.name}) × object storage", inputs=(*figures, kept.hot),
    )  # fmt: skip
    yield CostLine(
        "data", "storage, moved", whole * share, "GB", np.asarray(moved.price.value),
        f"{formula} × {moved.share.name} × {moved.price.name}", moved.missing,
        (*figures, moved.price),
    )  # fmt: skip
    yield CostLine(
        "data", "reading back", whole * back, "GB",
        np.asarray(moved.retrieval.value),
        f"{formula} × {moved.read_back.name} × {moved.retrieval.name}", moved.missing_retrieval,
        (kept.stored, *kept.shares, moved.read_back, moved.retrieval),
    )  # fmt: skip


def _growth(scenario: Scenario, kept: _Kept, moved: Moved | None, size: int) -> CostLine:
    growth = asked(scenario, "data.growth_gb_per_month", "growth", "GB a month")
    months = asked(scenario, "horizon_months", "horizon", "months")
    figures: tuple[Input, ...] = tuple(each for pair in kept.colder for each in pair)
    price: Floats = np.full(size, kept.hot.value)
    at_hand = "object storage"
    if moved is not None:
        part = np.asarray(moved.share.value)
        cold = np.where(part > 0, np.asarray(moved.price.value), 0.0)
        price = (1 - part) * price + part * cold
        at_hand = f"((1 − {moved.share.name}) × object storage + {moved.share.name} × "
        at_hand += f"{moved.price.name})"
        figures = (*figures, moved.share, moved.price)
    mean_price = kept.rest * price + sum(share.value * each.value for share, each in kept.colder)
    mixed = "".join(f" + {share.name} × {each.name}" for share, each in kept.colder)
    return CostLine(
        "data", "storage of growth", np.full(size, growth.value * months.value / 2), "GB",
        mean_price,
        f"growth × horizon ÷ 2 × ({kept.left} × {at_hand}{mixed}); the mean over the horizon",
        None if moved is None else moved.missing,
        (growth, months, kept.hot, *figures),
        of_scenario=moved is None,
    )  # fmt: skip
