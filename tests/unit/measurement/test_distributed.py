"""How a run is laid out over processes, and what each of them takes; no process is started."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from advisor.errors import ModelError, StrategyError, UsageError
from advisor.measurement import device
from advisor.measurement.distributed import job
from advisor.measurement.distributed.comparison import compare_ranks
from advisor.measurement.distributed.exchange import Ended, Folder, Note
from advisor.measurement.distributed.place import Place
from advisor.measurement.distributed.result import DistributedRequest, Nodes
from advisor.measurement.distributed.shares import shared
from advisor.measurement.failure import to_message
from advisor.measurement.result import ModelRequest
from advisor.measurement.training_data import Batches
from advisor.profiling.profile import ModelProfile
from advisor.projection.check_training import project_training_run
from advisor.strategies.selection import parse_selection, setup_for
from tests.support.measurements import trained_by_ranks
from tests.support.profiles import decoder
from tests.support.scenarios import scenario

REQUEST = DistributedRequest(ModelRequest("digits"), ("ddp:gpus=2",))


@pytest.fixture(autouse=True)
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "usable_cores", lambda: 4)


def test_ranks_are_shared_out_over_the_machines() -> None:
    two = replace(REQUEST, choices=("fsdp:gpus=8",), nodes=Nodes(2, 1, "a:29500"))
    assert job.layout(two) == job.Layout(ranks=8, ranks_here=4)


@pytest.mark.parametrize(
    ("choices", "nodes", "said"),
    [
        (("ddp:gpus=8",), Nodes(), r"ddp:gpus=8: 8 processes.* 4 cores"),
        (("ddp:gpus=2",), Nodes(4, 0, "a:1"), r"--nodes 4: 2 processes"),
        (("ddp:gpus=2",), Nodes(2, 2, "a:1"), r"--node-rank 2: .* from 0 to 1"),
        (("ddp:gpus=2",), Nodes(2, 0), r"--rendezvous"),
        (("bf16",), Nodes(), r"bf16: nothing of it is divided"),
    ],
)
def test_what_cannot_be_laid_out_is_refused_by_name(
    choices: tuple[str, ...], nodes: Nodes, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        job.layout(replace(REQUEST, choices=choices, nodes=nodes))


def test_one_gpu_of_several_cannot_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "find", torch.device)
    with pytest.raises(UsageError, match=r"cuda:1.* GPU of its own"):
        job.layout(replace(REQUEST, device="cuda:1"))


class _Second(Place):
    """The second of three ranks; the first holds what this one does."""

    def of_first(self, own: Any) -> Any:
        return own


@pytest.fixture
def second(tmp_path: Path) -> Place:
    return _Second(1, 1, 3, torch.device("cpu"), Note(Folder(tmp_path), 1))


def _batches(samples: int) -> Batches:
    batch = (torch.arange(samples), torch.arange(samples) * 10)
    return Batches(lambda _: batch, lambda *_: torch.zeros(()), samples)


def test_parts_are_equal_and_what_is_over_is_told(second: Place) -> None:
    data = shared(_batches(8), 5, "mine", second)
    assert [each.tolist() for each in data.part.batch(4)] == [[2, 3], [20, 30]]
    assert data.whole.batch(4)[0].tolist() == [0, 1, 2, 3, 4, 5]
    assert (data.part.samples, data.whole.samples, data.left_out) == (2, 6, 2)


def test_a_batch_with_no_sample_for_each_is_refused(second: Place) -> None:
    with pytest.raises(ModelError, match=r"mine: a batch of 2 samples .* 3 processes.*--batch"):
        shared(_batches(2), 5, "mine", second)


def test_a_rank_that_waited_speaks_last(tmp_path: Path) -> None:
    folder, laid = Folder(tmp_path), job.Layout(3, 3)
    Note(folder, 0).say("in a backward pass", 0.5)
    Note(folder, 1).say("in a forward pass", 0.5)
    folder.write_end(0, Ended(to_message(RuntimeError("Timed out")), waited=True))
    said = str(job.cause(folder, laid, REQUEST, {0: 1, 1: -15}))
    assert "rank 0 of 3 waited 60 s for the others: rank 1 in a forward pass" in said
    folder.write_end(2, Ended(to_message(StrategyError("no [room]")), waited=False))
    failed = job.cause(folder, laid, REQUEST, {0: 1, 1: -15, 2: 1})
    assert isinstance(failed, StrategyError)
    assert str(failed) == "rank 2 of 3: no [room]"


def test_scaling_is_of_the_slowest_rank() -> None:
    found = trained_by_ranks(2.0, 1.25, 1.0)
    assert found.slowest.rank == 0
    assert found.speed_up == pytest.approx(1.6)
    assert found.scaling_efficiency == pytest.approx(0.8)
    assert found.samples_per_step == 8
    assert found.loss_difference == pytest.approx(0.01 / 1.01)


def test_without_one_process_to_compare_with_nothing_is_made_up() -> None:
    found = trained_by_ranks(None, 1.0, 1.0)
    assert found.speed_up is found.scaling_efficiency is found.loss_difference is None


@pytest.mark.parametrize(
    ("choice", "profile", "rounds"),
    [
        ("ddp", decoder(), 2),
        ("zero", decoder(), 2),
        ("fsdp", decoder(), 3),
        ("fsdp", decoder(layers=1), 2),
    ],
)
def test_what_ranks_send_is_projected_from_the_parameters(
    choice: str, profile: ModelProfile, rounds: int
) -> None:
    """A ring passes a gradient on twice, but for one part; whole shards of blocks a gather more."""
    given = scenario(profile)
    setups = [setup_for(parse_selection(f"{choice}:gpus=4"))]
    step = project_training_run(given, given.hardware, setups, 8, 128)[0]
    gradients = given.profile.memory.parameters_bytes
    assert step.sent_bytes == pytest.approx(rounds * 3 / 4 * gradients)


@pytest.mark.parametrize(("hardware", "times"), [("h100-sxm", True), ("cpu-2vcpu", False)])
def test_times_are_projected_for_accelerators_and_not_for_shares_of_a_processor(
    hardware: str, times: bool
) -> None:
    given = scenario(decoder(), hardware)
    compared = compare_ranks(trained_by_ranks(2.0, 1.25, 1.0), given, given.hardware)
    assert (compared.one.step_error is not None) == times
    assert (compared.projected_efficiency is not None) == times
    assert compared.variant.memory_error is not None
    assert compared.projected_sent_bytes == given.profile.memory.parameters_bytes
    assert compared.sent_error is not None


def test_on_an_unknown_machine_nothing_is_projected() -> None:
    compared = compare_ranks(trained_by_ranks(2.0, 1.0, 1.0), scenario(decoder()), None)
    assert compared.projected_sent_bytes is compared.sent_error is None
    assert compared.variant.projected is None
