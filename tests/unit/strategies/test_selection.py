"""Choices, their levels, their conflicts and the setup that they make."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.catalog import load
from advisor.errors import UnknownNameError, UsageError
from advisor.strategies import needs
from advisor.strategies.catalog import strategies
from advisor.strategies.selection import (
    Choice,
    actions,
    conflict,
    every_choice,
    lacking_here,
    lacking_on,
    parse_selection,
    ranks_of,
    setup_for,
)
from advisor.strategies.switchboard import Switchboard
from advisor.telemetry.machine import machine


def test_a_selection_is_written_as_it_is_read() -> None:
    text = "int8-dynamic,structured-pruning:ratio=0.5"
    assert ",".join(str(choice) for choice in parse_selection(text)) == text


def test_defaults_are_not_written_out() -> None:
    assert parse_selection("structured-pruning:ratio=0.3") == parse_selection("structured-pruning")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("int9-dynamic", r"unknown strategy 'int9-dynamic' \(from --with\).*int8-dynamic"),
        ("fsdp:cards=8", r"unknown parameter of fsdp 'cards'.*Choices: gpus"),
        ("fsdp:gpus=3", r"unknown level of gpus '3'.*16, 2, 32, 4, 8"),
        ("fsdp:gpus", r"'gpus' is not of the form parameter=level; fsdp has gpus"),
        ("bf16,amp", r"amp conflicts with bf16: both decide the floating-point format"),
        ("bf16,bf16", r"'bf16' is given twice"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_choices(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_selection(text)


def test_conflicts_hold_both_ways() -> None:
    for slug, strategy in strategies().items():
        for other in strategy.conflicts:
            assert conflict(slug, [Choice(other)])
            assert conflict(other, [Choice(slug)])


def test_days_and_quality_bounds_add_up() -> None:
    one, two, both = (
        setup_for(parse_selection(text)) for text in ("bf16", "int8-dynamic", "bf16,int8-dynamic")
    )
    assert both.effort_days.expected == one.effort_days.expected + two.effort_days.expected
    assert both.quality_drop.high == one.quality_drop.high + two.quality_drop.high


@pytest.mark.parametrize("slug", sorted(strategies()))
def test_every_strategy_changes_the_setup(slug: str) -> None:
    strategy = strategies()[slug]
    from advisor.projection.setup import Setup

    assert strategy.configure(Setup(), strategy.default_levels()) != Setup()


@pytest.mark.parametrize("slug", sorted(strategies()))
def test_every_manual_has_its_sections(slug: str) -> None:
    sections = [
        line[3:] for line in strategies()[slug].manual.splitlines() if line.startswith("## ")
    ]
    assert sections == [
        "What it does", "When it pays", "When it hurts", "How it is measured", "Sources",
    ]  # fmt: skip


def test_what_only_a_measurement_tells_apart_is_not_searched() -> None:
    assert {str(each) for each in every_choice()["distillation"]} == {
        "distillation", "distillation:share=0.33", "distillation:share=0.67",
    }  # fmt: skip
    assert parse_selection("distillation:steps=300")[0].all_levels()["steps"] == 300


def test_what_converts_weights_comes_once_they_are_final() -> None:
    pruned = "structured-pruning,semi-structured-sparsity,recovery"
    chosen = parse_selection(f"bf16,torch-compile,{pruned}")
    done = [action.choice.slug for action in actions(chosen)]
    assert done == [
        "structured-pruning", "semi-structured-sparsity", "recovery", "bf16",
        "semi-structured-sparsity", "torch-compile",
    ]  # fmt: skip


@pytest.mark.parametrize("slug", sorted(strategies()))
def test_defaults_are_levels(slug: str) -> None:
    for parameter in strategies()[slug].parameters:
        assert parameter.default in parameter.levels


@pytest.mark.parametrize(
    ("slug", "hardware", "lacks"),
    [
        ("mig", "rtx4090", "needs a GPU with MIG"),
        ("mig", "a100-80-sxm", None),
        ("fsdp", "cpu-2vcpu", "needs 2 or more GPUs"),
        ("fsdp", "l4", None),
        ("bf16", "cpu-2vcpu", None),
    ],
)
def test_what_hardware_lacks_is_said(slug: str, hardware: str, lacks: str | None) -> None:
    found = lacking_on(load.hardware_by_id(hardware), strategies()[slug])
    assert found is None if lacks is None else lacks in (found or "")


def test_what_this_machine_lacks_is_said() -> None:
    here = machine()
    if not here.devices:
        assert "needs 2 GPUs, this machine has 0" in (
            lacking_here(here, strategies()["tensor-parallel"]) or ""
        )
    assert "how hardware is paid for" in (lacking_here(here, strategies()["spot"]) or "")
    assert lacking_here(here, strategies()["int8-dynamic"]) is None


@pytest.mark.parametrize(("cores", "lacks"), [(1, "2 GPUs or cores"), (2, None), (None, "1 core")])
def test_ranks_do_with_cores_where_there_is_no_gpu(
    cores: int | None, lacks: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "usable_cores", lambda: cores)
    found = lacking_here(replace(machine(), devices=()), strategies()["ddp"])
    assert found is None if lacks is None else lacks in (found or "")


def test_a_selection_tells_over_how_many_processes_training_is_divided() -> None:
    assert ranks_of(parse_selection("ddp:gpus=2,amp")) == 2
    assert ranks_of(parse_selection("amp")) is None


class TestSwitchboard:
    def test_toggle_twice_is_nothing(self) -> None:
        board = Switchboard()
        board.toggle("bf16")
        board.toggle("bf16")
        assert board.chosen == ()

    def test_undo_and_redo(self) -> None:
        board = Switchboard()
        board.toggle("bf16")
        board.toggle("spot")
        board.undo()
        assert board.chosen == parse_selection("bf16")
        board.redo()
        assert board.chosen == parse_selection("bf16,spot")

    def test_a_change_forgets_what_was_undone(self) -> None:
        board = Switchboard()
        board.toggle("bf16")
        board.undo()
        board.toggle("spot")
        assert not board.can_redo

    def test_a_conflict_leaves_everything_as_it_was(self) -> None:
        board = Switchboard()
        board.toggle("bf16")
        with pytest.raises(UsageError, match="conflicts"):
            board.toggle("amp")
        assert board.chosen == parse_selection("bf16")

    def test_levels_end_where_they_end(self) -> None:
        board = Switchboard()
        for _ in range(9):
            board.step_level("fsdp", 1)
        assert board.chosen == parse_selection("fsdp:gpus=32")

    def test_an_unknown_slug_names_the_choices(self) -> None:
        with pytest.raises(UnknownNameError, match="Choices: 8-bit-optimizer"):
            Switchboard().toggle("nothing")
