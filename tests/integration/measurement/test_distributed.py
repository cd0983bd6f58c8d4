"""Training in two processes on this processor, started by torchrun: real ranks, real exchange.

Each test starts processes that load torch, which takes seconds; so there are few.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.errors import CancelledError, MeasurementError
from advisor.measurement.distributed.result import (
    DistributedMeasurement,
    DistributedRequest,
    Nodes,
)
from advisor.measurement.process import Job, run_distributed
from advisor.measurement.result import ModelRequest
from advisor.telemetry.host import usable_cores
from tests.integration.measurement.conftest import WriteModel
from tests.integration.measurement.workers import silent, wait_until

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or (usable_cores() or 1) < 2,
    reason="two processes of this processor, looked for in /proc",
)
TRAINED = """
from advisor.models.loaded import LoadedModel, Training

class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(nn.Linear(64, 64) for _ in range(4))

    def forward(self, inputs):
        for index, block in enumerate(self.blocks):
            inputs = block(inputs).relu()
            if index == 1:
                self.halfway()
        return inputs

    def halfway(self):
        {halfway}

def batches():
    return [(torch.randn(8, 64), torch.randn(8, 64)) for _ in range(3)]

def loss(module, batch):
    return nn.functional.mse_loss(module(batch[0]), batch[1])

def build():
    return LoadedModel("", Stack(), (torch.randn(8, 64),), training=Training(batches, loss))

is_rank_1 = os.environ.get("RANK") == "1"
if "RANK" in os.environ:
    open(os.path.join(os.path.dirname(__file__), f"rank-{{os.getpid()}}"), "w").close()
"""
PARAMETERS_BYTES = 4 * 4 * (64 * 64 + 64)


@pytest.fixture
def write_trained(write_model: WriteModel) -> Callable[..., str]:
    """A model with a training loop whose ranks leave their process ids beside it."""
    return lambda halfway="pass": write_model(TRAINED.format(halfway=halfway))


def request(reference: str, choice: str, **asked: object) -> DistributedRequest:
    return DistributedRequest(ModelRequest(reference), (choice,), steps=3, **asked)  # type: ignore[arg-type]


def ranks_left(tmp_path: Path) -> int:
    """Of the processes that trained, how many are still there."""
    started = [each.name.partition("-")[2] for each in tmp_path.glob("rank-*")]
    assert started, "no rank has loaded the model"
    return sum(Path("/proc", each).exists() for each in started)


def check(found: DistributedMeasurement, sent: float, parameters: float, states: float) -> None:
    """Figures are of one rank, as shares of the parameters of the whole model."""
    assert found.backend == "gloo"
    assert [each.rank for each in found.ranks] == [0, 1]
    assert found.loss_difference is not None
    assert found.loss_difference < 1e-5
    assert found.losses[0] != found.losses[-1]
    assert found.samples_per_step == 8
    assert found.scaling_efficiency is not None
    for each in found.ranks:
        assert each.traffic.sent_bytes == pytest.approx(sent * PARAMETERS_BYTES, rel=0.01)
        assert each.traffic.wire_bytes is not None
        assert each.traffic.wire_bytes > 0.5 * each.traffic.sent_bytes
        held = each.run.memory_bytes
        assert held["parameters"] == pytest.approx(parameters * PARAMETERS_BYTES, rel=0.01)
        assert held["optimizer"] == pytest.approx(2 * states * PARAMETERS_BYTES, rel=0.02)


def test_sharded_ranks_learn_what_one_process_does(write_trained: Callable[..., str]) -> None:
    """Blocks are all there is, so a rank gathers them twice and scatters once, half of each."""
    found = run_distributed(request(write_trained(), "fsdp:gpus=2"), silent)
    check(found, sent=1.5, parameters=0.5, states=0.5)


def test_a_rank_that_dies_is_named_with_the_cause(
    write_trained: Callable[..., str], tmp_path: Path
) -> None:
    reference = write_trained("if is_rank_1: ctypes.string_at(0)")
    with pytest.raises(MeasurementError, match=r"rank 1 of 2.* killed by SIGSEGV"):
        run_distributed(request(reference, "ddp:gpus=2"), silent)
    assert wait_until(lambda: ranks_left(tmp_path) == 0, limit_s=2)


def test_a_rank_that_hangs_is_named_with_what_it_was_doing(
    write_trained: Callable[..., str], tmp_path: Path
) -> None:
    reference = write_trained("if is_rank_1: time.sleep(600)")
    with pytest.raises(
        MeasurementError, match=r"rank 0 .*waited 10 s.* rank 1 in the forward pass of step 1"
    ):
        run_distributed(request(reference, "ddp:gpus=2", patience_s=10.0), silent)
    assert wait_until(lambda: ranks_left(tmp_path) == 0, limit_s=2)


def test_cancelling_leaves_no_rank(write_trained: Callable[..., str], tmp_path: Path) -> None:
    job = Job(request(write_trained("time.sleep(600)"), "ddp:gpus=2"))
    messages = job.messages()
    while "pass" not in getattr(next(messages), "text", ""):
        """Until a rank has begun to train."""
    job.cancel()
    with pytest.raises(CancelledError):
        next(messages)
    assert wait_until(lambda: ranks_left(tmp_path) == 0, limit_s=2)


def test_two_machines_that_meet_give_one_result(write_trained: Callable[..., str]) -> None:
    """Both are this one: each has a launcher and a rank of its own, as two would.

    Of the optimizer, each rank holds half; it passes on the parameters that it updated.
    """
    reference = write_trained()
    with socket.socket() as free:
        free.bind(("localhost", 0))
        meeting = f"localhost:{free.getsockname()[1]}"
    found: dict[int, DistributedMeasurement] = {}

    def run(node: int) -> None:
        asked = request(reference, "zero:gpus=2:stage=1", nodes=Nodes(2, node, meeting))
        found[node] = run_distributed(asked, silent)

    threads = [threading.Thread(target=run, args=(node,)) for node in (0, 1)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    check(found[0], sent=1.5, parameters=1.0, states=0.5)
    assert found[0].losses == found[1].losses
    assert found[0].ranks == found[1].ranks
