"""`--set key=value` on a workload and an organization."""

from __future__ import annotations

import pytest

from advisor.catalog import load
from advisor.catalog.organization import Organization
from advisor.catalog.override import apply_overrides
from advisor.catalog.quantity import Quantity
from advisor.catalog.workload import Workload
from advisor.errors import UsageError


def apply(*settings: str) -> tuple[Workload, Organization]:
    workload = load.workload_by_id("chat-serving")
    return apply_overrides(workload, load.organization_by_id("cloud-startup"), settings)


def test_nothing_set_changes_nothing() -> None:
    expected = load.workload_by_id("chat-serving"), load.organization_by_id("cloud-startup")
    assert apply() == expected


def test_each_key_lands_where_it_belongs_and_nothing_else_changes() -> None:
    before = apply()
    workload, organization = apply(
        "serving.prompt_tokens=2048", "capacity.target_utilisation = 0.5"
    )
    assert workload.serving.prompt_tokens == 2048
    assert organization.capacity.target_utilisation == 0.5
    again = apply_overrides(
        workload,
        organization,
        [
            f"serving.prompt_tokens={before[0].serving.prompt_tokens}",
            f"capacity.target_utilisation={before[1].capacity.target_utilisation}",
        ],
    )
    assert again == before


def test_originals_stay() -> None:
    apply("serving.prompt_tokens=2048")
    assert load.workload_by_id("chat-serving").serving.prompt_tokens == 1024


def test_later_setting_wins() -> None:
    assert apply("horizon_months=6", "horizon_months=9")[0].horizon_months == 9


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("energy.usd_per_kwh=0.2", Quantity.exact(0.2)),
        ("energy.usd_per_kwh.high=0.5", Quantity(low=0.1077, expected=0.146, high=0.5)),
        (
            "energy.usd_per_kwh={low=0.1, expected=0.2, high=0.3}",
            Quantity(low=0.1, expected=0.2, high=0.3),
        ),
    ],
)
def test_quantity_as_number_part_or_table(setting: str, expected: Quantity) -> None:
    assert apply(setting)[1].energy.usd_per_kwh == expected


def test_what_is_set_says_that_it_was() -> None:
    source = apply("energy.usd_per_kwh=0.2")[1].energy.usd_per_kwh.source
    assert source is not None
    assert (source.text, source.as_of) == ("--set energy.usd_per_kwh=0.2", "as given")


def test_unknown_figure_can_be_given() -> None:
    maintenance = apply("ownership.maintenance_fraction_per_year=0.05")[1].ownership
    assert maintenance.maintenance_fraction_per_year == Quantity.exact(0.05)


def test_bare_text_lists_and_new_roles() -> None:
    workload, organization = apply(
        "rental.purchase_option=spot", 'rental.clouds=["gcp"]', "people_fte.data-scientist=2"
    )
    assert organization.rental.purchase_option == "spot"
    assert organization.rental.clouds == ("gcp",)
    assert workload.people_fte["data-scientist"] == 2


REFUSED = [
    ("serving.prompt_tokens", "expected key=value"),
    ("=3", "expected key=value"),
    ("serving..x=3", "expected key=value"),
    ("servng.prompt_tokens=3", "unknown key 'servng'; of the workload: title, domain, serving"),
    ("id=mine", "unknown key 'id'"),
    ("serving.prompt_tokn=3", "serving.prompt_tokn: unknown key; allowed: requests_per_month"),
    ("serving.prompt_tokn=3", "did you mean 'prompt_tokens'?"),
    ("serving.prompt_tokens=0", "serving.prompt_tokens: Expected `int` >= 1, got 0"),
    ("serving.prompt_tokens=many", "serving.prompt_tokens: Expected `int`, got 'many'"),
    ("serving.prompt_tokens=1\nx=2", "serving.prompt_tokens: Expected `int`"),
    ("serving.requests_per_month=-1", "serving.requests_per_month: Expected `float` >= 0.0"),
    ("serving.requests_per_month=1e30", "serving.requests_per_month: Expected `float` <= 1000000"),
    ("training.samples=1e16", "training.samples: Expected `float` <= 1000000000000000.0"),
    ("training.batch_size=0", "training.batch_size: Expected `int` >= 1, got 0"),
    ("people_fte.ml-engineer=1e6", "people_fte.ml-engineer: Expected `float` <= 10000.0"),
    ("data.tier_shares={cold=0.7, warm=0.7}", "data: tier_shares sum to 1.4; at most 1"),
    ("energy.usd_per_kwh='a lot'", "energy.usd_per_kwh: Expected a number or a table"),
    ("capacity.spot_lost_work_fraction=1", "Expected figures from 0 to 0.95, got 1 to 1"),
    ("rental.commitment=2-year", "Expected one of '1-year', '3-year', got '2-year'"),
    ("serving=3", "serving: Expected a table, got 3"),
    ("serving.prompt_tokens.x=3", "serving.prompt_tokens has no keys below it"),
    ("energy.usd_per_kwh.high=0.01", "energy.usd_per_kwh: low 0.1077"),
    ("rental.purchase_option=stolen", "Expected one of 'on-demand', 'spot', 'reserved', 'owned'"),
    ("ownership.residual_fraction=30", "Expected figures from 0 to 1, got 30 to 30"),
    ("people.effort_role=boss", "people: effort_role 'boss' has no salary; roles: ml-engineer"),
]


@pytest.mark.parametrize(("setting", "message"), REFUSED, ids=[each[0] for each in REFUSED])
def test_refusal_names_the_setting_and_what_is_accepted(setting: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        apply(setting)
    assert str(caught.value).startswith("--set ")
    assert message in str(caught.value)
