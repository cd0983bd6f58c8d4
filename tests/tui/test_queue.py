"""The queue of measurements: what is asked for, in which order, how long it takes, and its end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advisor.errors import UsageError
from advisor.measurement.result import MeasurementRequest, ModelRequest
from advisor.measurement.training_result import TrainingRequest
from advisor.strategies.selection import Choice
from advisor.tui import queue as queueing
from advisor.tui.measuring import of_one, of_plan
from advisor.tui.queue import Entry, Queue
from advisor.tui.render.line import text_of, width_of
from advisor.tui.render.queue_entries import QueueEntries, queue_title
from advisor.tui.screens.queue import QueueScreen
from tests.support.audits import full_audit
from tests.support.measurements import measurement
from tests.tui.conftest import MakeApp
from tests.tui.screen import opened, put_cursor_on, screen_text, until
from tests.tui.test_measuring import app_for

ASKED = ["channels-last", "bf16", "int8-dynamic"]
"""The first has nothing to be done to in the model: it fails, and the next one follows."""


def request(*choices: str) -> MeasurementRequest:
    return MeasurementRequest(ModelRequest("toy"), choices)


def running(entry: Entry, fraction: float, *, started_at_s: float, now_s: float) -> Entry:
    begun = replace(entry, state="measuring", started_at_s=started_at_s)
    return begun.advanced("warming up", fraction, now_s)


def three() -> Queue:
    return queueing.added((), [request("bf16"), request("int8-dynamic"), request("a", "b")])


def test_numbers_go_on_and_the_same_is_not_asked_for_twice() -> None:
    queue = queueing.added(three(), [request("fp16")])
    assert [each.number for each in queue] == [1, 2, 3, 4]
    assert queueing.holds(queue, request("b", "a"))
    assert not queueing.holds(queue, request("a"))
    done = queueing.changed(queue, queue[0].ended("measured", 5.0))
    assert not queueing.holds(done, request("bf16"))


@pytest.mark.parametrize(
    ("fraction", "left"), [(0.05, None), (0.25, 30.0), (0.5, 10.0), (1.0, 0.0)]
)
def test_time_left_is_at_the_pace_of_what_is_done(fraction: float, left: float | None) -> None:
    assert queueing.time_left_s(fraction, 100.0, 110.0) == left
    assert queueing.time_left_s(fraction, None, 110.0) is None


def test_what_waits_takes_as_long_as_those_before_it() -> None:
    one, two, rest = three()
    now = running(one, 0.5, started_at_s=0.0, now_s=10.0)
    assert queueing.left_s((now, two, rest)) == pytest.approx(10 + 2 * 20)
    done = now.ended("measured", 16.0)
    assert done.took_s == 16.0
    next_one = running(two, 0.25, started_at_s=16.0, now_s=20.0)
    assert queueing.left_s((done, next_one, rest)) == pytest.approx(12 + 16)
    assert queueing.left_s((one, two, rest)) is None, "nothing has shown how long one takes"
    assert queueing.left_s((running(one, 0.0, started_at_s=0.0, now_s=9.0), two)) is None


def test_states_are_told_of_every_strategy_in_it() -> None:
    one, two, rest = three()
    queue = (running(one, 0.5, started_at_s=0.0, now_s=10.0), two, rest)
    assert queueing.states(queue) == {
        "bf16": "50% 10 s", "int8-dynamic": "queued", "a": "queued", "b": "queued",
    }  # fmt: skip
    assert queueing.states(queueing.without_waiting(queue)) == {"bf16": "50% 10 s"}


@pytest.mark.parametrize("width", [60, 79, 120])
def test_every_state_has_a_line_that_fits(width: int) -> None:
    one, two, rest = three()
    failed = two.ended("failed", 1.0, "it failed, and this is a long reason why it did " * 3)
    queue = (running(one, 0.5, started_at_s=0.0, now_s=10.0), failed, rest)
    entries = QueueEntries(queue, width)
    lines = [entries.line(at) for at in range(len(entries))]
    assert all(width_of(each) <= width for each in lines)
    text = "\n".join(map(text_of, lines))
    assert "50%" in text
    assert "it failed" in text
    assert "waiting" in text
    assert queue_title(queue) == "measurements: 1 under way, 1 waiting, 30 s left"


def test_training_is_asked_for_beside_the_pass_with_the_same_on() -> None:
    step = TrainingRequest(ModelRequest("toy"), ("bf16",))
    assert not queueing.holds(three(), step)
    queue = queueing.added((), [step])
    assert queueing.holds(queue, step)
    assert not queueing.holds(queue, request("bf16"))
    compared = full_audit().trained
    assert compared is not None
    done = replace(queue[0].ended("measured", 5.0), found=compared)
    shown = text_of(QueueEntries((done,), 120).line(0))
    for part in ("training with bf16", "measured", "200.00 ms", "150.00 ms", "-25.0%", "+7%"):
        assert part in shown


async def test_a_step_over_several_processes_is_left_to_the_command_line(
    make_app: MakeApp,
) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await put_cursor_on(pilot, "ddp")
        await pilot.press("space", "T")
        await pilot.pause()
        assert "advisor measure --training runs" in app.bench.shown.log[-1].text
        assert app.bench.shown.queue == ()


async def test_a_strategy_alone_is_refused_where_it_cannot_be_measured(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await put_cursor_on(pilot, "spot")
        await pilot.press("x")
        await pilot.pause()
        assert "spot cannot be measured" in app.bench.shown.log[-1].text
        assert app.bench.shown.queue == ()
        session = app.bench.opened()
        assert of_one(session, "bf16").choices == ("bf16",)


@pytest.mark.usefixtures("no_plan")
async def test_a_plan_asks_for_each_step_and_then_for_all(make_app: MakeApp) -> None:
    app = make_app(hardware="cpu-2vcpu")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        session, plan = app.bench.opened(), full_audit().plan
        choices = [Choice(slug) for slug in ("bf16", "channels-last", "spot")]
        steps = tuple(replace(plan.steps[0], choice=each) for each in choices)
        requests, skipped = of_plan(session, replace(plan, steps=steps))
        assert [each.choices for each in requests] == [
            ("bf16",), ("channels-last",), ("bf16", "channels-last"),
        ]  # fmt: skip
        assert [each.split()[0] for each in skipped] == ["spot"]
        with pytest.raises(UsageError, match="no step of the plan can be measured"):
            of_plan(session, replace(plan, steps=steps[2:]))
        for names in ("bf16", "channels-last", "bf16,channels-last"):
            taken = measurement("bf16", 2e-3, 1e-3)
            request = replace(taken.request, choices=tuple(names.split(",")))
            session.measurements.add(replace(taken, request=request))
        with pytest.raises(UsageError, match="every step of the plan is measured"):
            of_plan(session, replace(plan, steps=steps))


async def test_several_are_measured_one_after_another_and_one_is_cancelled(
    toy: str, tmp_path: Path
) -> None:
    app = app_for(toy, tmp_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: app.bench.session is not None)
        for slug in ASKED:
            await put_cursor_on(pilot, slug)
            await pilot.press("x")
        await pilot.press("x", "J")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        assert [each.names for each in app.bench.shown.queue] == ASKED
        assert app.bench.shown.queue[-1].state == "waiting"
        assert any("in the queue already" in entry.text for entry in app.bench.shown.log)
        await pilot.press("end", "x")  # the last one is not wanted after all
        await until(pilot, lambda: app.bench.shown.queue[2].state == "cancelled")
        await until(pilot, lambda: app.bench.shown.queue[0].state == "failed")
        await until(pilot, lambda: app.bench.shown.queue[1].state == "measured")
        assert [each.state for each in app.bench.shown.queue] == [
            "failed", "measured", "cancelled",
        ]  # fmt: skip
        assert app.bench.shown.queue[1].found is not None
        assert "none under way, 1 done" in screen_text(app)
        await pilot.press("home", "down", "enter")
        await until(pilot, lambda: not isinstance(app.screen, QueueScreen))
        assert [each.slug for each in app.bench.opened().chosen] == ["bf16"]


async def test_ctrl_c_cancels_what_runs_and_what_waits(toy: str, tmp_path: Path) -> None:
    app = app_for(toy, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.bench.session is not None)
        for slug in ASKED[1:]:
            await put_cursor_on(pilot, slug)
            await pilot.press("x")
        await until(pilot, lambda: app.bench.shown.activity.fraction > 0)
        assert "1 more (J)" in screen_text(app)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.bench.shown.activity.doing == "idle")
        assert [each.state for each in app.bench.shown.queue] == ["cancelled", "cancelled"]
