"""What both faces share: switching on, measuring, and what a snapshot says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advisor.catalog import load
from advisor.errors import UsageError
from advisor.history import History
from advisor.measurement.result import ModelRequest
from advisor.session import Session, build_scenario, check_options
from advisor.session_options import Options
from advisor.strategies.selection import parse_selection
from advisor.telemetry.machine import machine
from tests.support.measurements import measurement
from tests.support.profiles import decoder, encoder
from tests.support.scenarios import scenario


def session(hardware: str = "cpu-2vcpu", history: History | None = None, **given: str) -> Session:
    here = load.hardware_by_id("cpu-2vcpu")
    return Session(
        scenario(encoder(), hardware, **given), ModelRequest("encoder"), machine(), here, history
    )


def test_a_toggle_moves_the_projection_and_undo_takes_it_back() -> None:
    opened = session()
    before = opened.snapshot()
    opened.switches.toggle("bf16")
    after = opened.snapshot()
    assert after.selected != before.selected
    assert after.before == before.before
    opened.switches.undo()
    assert replace(opened.snapshot(), can_redo=False) == before


def test_a_row_shows_what_its_strategy_saves_beside_the_others() -> None:
    opened = session()
    opened.switches.select(parse_selection("torch-compile"))
    row = next(row for row in opened.snapshot().rows if row.choice.slug == "bf16")
    plain = opened.snapshot().selected.bill.total().expected
    opened.switches.toggle("bf16")
    both = opened.snapshot().selected.bill.total().expected
    assert row.projected_saving_usd == pytest.approx(plain - both)


def test_what_lacks_a_price_saves_nothing_that_is_known() -> None:
    opened = session("rtxa6000", organization="cloud-startup")
    listed = replace(
        opened.scenario.organization,
        rental=replace(opened.scenario.organization.rental, clouds=("lambda",)),
    )
    opened.scenario = replace(opened.scenario, organization=listed)
    opened.switches.select(parse_selection("spot:scope=everything"))
    row = next(row for row in opened.snapshot().rows if row.choice.slug == "spot")
    assert opened.snapshot().selected.bill.missing
    assert row.projected_saving_usd is None


def test_what_conflicts_is_said_and_has_no_saving() -> None:
    opened = session()
    opened.switches.toggle("bf16")
    row = next(row for row in opened.snapshot().rows if row.choice.slug == "amp")
    assert row.unavailable is not None
    assert "conflicts with bf16" in row.unavailable
    assert row.projected_saving_usd is None


def test_a_measurement_is_shown_for_what_it_measured_and_kept(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3")
    opened = session(history=history)
    found = opened.record(measurement("int8-dynamic", 0.02, 0.01))
    assert found.latency_error is not None
    assert opened.snapshot().measured is None
    opened.switches.toggle("int8-dynamic")
    shown = opened.snapshot().measured
    assert shown is not None
    assert shown.after is not None
    kept = history.records()[0]
    assert kept.choices == "int8-dynamic"
    assert kept.relative_error == pytest.approx(found.latency_error)
    median_error = history.median_error()
    assert median_error is not None
    assert median_error[0] == pytest.approx(abs(found.latency_error))
    assert median_error[1] == 1


def test_a_measurement_on_other_hardware_changes_no_bill() -> None:
    opened = session("h100-sxm")
    found = opened.record(measurement("int8-dynamic", 0.02, 0.01))
    assert found.after is None


def test_the_command_line_gives_the_audit_again() -> None:
    opened = session()
    opened.switches.select(parse_selection("structured-pruning:ratio=0.5,bf16"))
    assert opened.command_line() == (
        "advisor audit encoder --hardware cpu-2vcpu --workload batch-scoring "
        "--organization cloud-startup --with bf16,structured-pruning:ratio=0.5"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(hardware="h1000"), "unknown hardware 'h1000'"),
        (Options(workload="chatting"), "unknown workload 'chatting'"),
        (Options(organization="startup"), "unknown organization 'startup'"),
        (Options(settings=("serving.nothing=1",)), "serving.nothing"),
    ],
)
def test_unknown_names_are_refused_before_a_model_is_loaded(options: Options, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check_options(options)


def test_decoders_get_a_decoder_workload() -> None:
    assert build_scenario(decoder(), None, Options(hardware="l4")).workload.id == "chat-serving"
    assert build_scenario(encoder(), None, Options(hardware="l4")).workload.id == "batch-scoring"


def test_a_machine_that_no_profile_describes_needs_a_name() -> None:
    with pytest.raises(UsageError, match="--hardware"):
        build_scenario(encoder(), None, Options())


def test_the_command_line_holds_the_sizes_that_were_asked_for() -> None:
    here = load.hardware_by_id("cpu-2vcpu")
    request = ModelRequest("encoder", batch_size=4, sequence_tokens=64, inputs=("x=2x8",))
    opened = Session(scenario(encoder(), "cpu-2vcpu"), request, machine(), here)
    assert "--inputs x=2x8 --batch 4 --sequence 64" in opened.command_line()


@pytest.mark.parametrize(
    ("slug", "hardware", "lacks"),
    [("fp8", "a100-80-sxm", "fp8 units"), ("mig", "t4", "GPU with MIG"), ("ddp", "cpu-2vcpu", "2")],
)
def test_what_the_hardware_lacks_is_refused_and_named(slug: str, hardware: str, lacks: str) -> None:
    opened = session(hardware)
    with pytest.raises(UsageError, match=rf"{slug} cannot be used on {hardware}: .*{lacks}"):
        opened.select(parse_selection(slug))
    assert opened.chosen == ()
