"""The job that trains in several processes: torchrun starts them, this follows them to their end.

torchrun starts each in a session of its own, out of reach of the signal that ends the worker; so
each watches its parent, and ends when that is gone.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from advisor.errors import AdvisorError, MeasurementError, UsageError
from advisor.measurement import device
from advisor.measurement.child import cause_of_end
from advisor.measurement.distributed.exchange import Folder
from advisor.measurement.distributed.result import DistributedRequest
from advisor.measurement.failure import describe, to_error
from advisor.measurement.progress import Report
from advisor.measurement.protocol import DistributedReady, decode_message, encode
from advisor.strategies.selection import parse_selection, ranks_of
from advisor.telemetry.host import usable_cores

_POLL_S = 1.0
_PROGRAM = (
    "import sys; folder = sys.argv[1]; sys.path[:] = sys.argv[2:]; del sys.argv[1:]; "
    "from advisor.measurement.distributed.rank import main; main(folder)"
)


@dataclass(frozen=True)
class Layout:
    """Processes in all, and on each machine."""

    ranks: int
    ranks_here: int


def run(request: DistributedRequest, report: Report) -> DistributedReady:
    """Train as asked.

    Raises UsageError where the request cannot be laid out on this machine, what a rank raised, and
    MeasurementError that says which rank ended or hung, and over what.
    """
    started = time.perf_counter()
    if request.steps < 1:
        raise UsageError(f"steps is {request.steps}; it must be 1 or more")
    laid = layout(request)
    with tempfile.TemporaryDirectory(prefix="advisor-ranks-") as name:
        folder = Folder(Path(name))
        folder.request.write_bytes(encode(request))
        report(f"starting {laid.ranks_here} processes", 0.05)
        with _following(folder, report):
            _launch(request, laid, folder)
        found = decode_message(folder.result.read_bytes())
    assert isinstance(found, DistributedReady)
    elapsed_s = time.perf_counter() - started
    return DistributedReady(replace(found.measurement, elapsed_s=elapsed_s))


def layout(request: DistributedRequest) -> Layout:
    """UsageError names what is asked for, and what there is of it."""
    ranks = ranks_of(parse_selection(",".join(request.choices)))
    if ranks is None:
        raise UsageError(f"{', '.join(request.choices)}: nothing of it is divided over processes")
    nodes = request.nodes
    if nodes.count < 1 or ranks % nodes.count:
        raise UsageError(f"--nodes {nodes.count}: {ranks} processes cannot be shared out evenly")
    if not 0 <= nodes.rank < nodes.count:
        raise UsageError(f"--node-rank {nodes.rank}: it must be from 0 to {nodes.count - 1}")
    if nodes.count > 1 and nodes.rendezvous is None:
        raise UsageError(f"--nodes {nodes.count}: where they meet is missing (--rendezvous)")
    on_gpu = device.find(request.device).type == "cuda"
    if on_gpu and request.device != "cuda":
        raise UsageError(
            f"device {request.device!r}: each process takes a GPU of its own; say cuda"
        )
    there = torch.cuda.device_count() if on_gpu else usable_cores() or 1
    here = ranks // nodes.count
    if here > there:
        kind = "GPUs" if on_gpu else "cores"
        raise UsageError(
            f"{', '.join(request.choices)}: {here} processes on this machine, each with a part of "
            f"it of its own, and it has {there} {kind}"
        )
    return Layout(ranks, here)


def _launch(request: DistributedRequest, laid: Layout, folder: Folder) -> None:
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.elastic.rendezvous import RendezvousError
    from torch.distributed.run import parse_args
    from torch.distributed.run import run as torchrun

    # torchrun would leave each rank a single thread, however many cores there are.
    os.environ["OMP_NUM_THREADS"] = str(max(1, torch.get_num_threads() // laid.ranks_here))
    try:
        torchrun(parse_args(_arguments(request, laid, folder)))  # type: ignore[no-untyped-call]  # torch declares no types
    except ChildFailedError as error:
        codes = {rank: failure.exitcode for rank, failure in error.failures.items()}
        raise cause(folder, laid, request, codes) from error
    except RendezvousError as error:
        raise MeasurementError(
            f"the {request.nodes.count} machines did not meet at {request.nodes.rendezvous}: "
            f"{describe(error)}"
        ) from error


def _arguments(request: DistributedRequest, laid: Layout, folder: Folder) -> list[str]:
    """Those of torchrun, and the program of a rank with its own."""
    nodes = request.nodes
    if nodes.count == 1:
        meeting = ["--standalone"]
    else:
        meeting = [
            "--rdzv-backend", "c10d", "--rdzv-endpoint", str(nodes.rendezvous),
            "--rdzv-id", "advisor", "--node-rank", str(nodes.rank),
        ]  # fmt: skip
    return [
        "--nnodes", str(nodes.count), "--nproc-per-node", str(laid.ranks_here), *meeting,
        "--log-dir", str(folder.logs), "--redirects", "3",
        "--no-python", sys.executable, "-c", _PROGRAM, str(folder.path),
        *map(os.path.abspath, sys.path),
    ]  # fmt: skip


@contextmanager
def _following(folder: Folder, report: Report) -> Iterator[None]:
    """Tell what the slowest rank of this machine is doing as it changes."""
    over = threading.Event()

    def follow() -> None:
        last = ""
        while not over.wait(_POLL_S):
            doing = sorted(folder.doing().items(), key=lambda each: each[1][1])
            if doing and doing[0][1][0] != last:
                rank, (last, fraction) = doing[0]
                report(f"rank {rank}: {last}", fraction)

    thread = threading.Thread(target=follow, name="ranks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def cause(
    folder: Folder, laid: Layout, request: DistributedRequest, codes: dict[int, int]
) -> AdvisorError:
    """What to say of ranks that ended with `codes`: of the one that failed of itself.

    Those that waited for it, and those that torchrun ended for it, only tell of it.
    """
    ends, doing = folder.ends(), folder.doing()
    for rank, code in sorted(codes.items()):
        if rank not in ends and code != -signal.SIGTERM:
            was = f" {doing[rank][0]}" if rank in doing else ""
            words = folder.last_words(rank % laid.ranks_here)
            return MeasurementError(
                f"rank {rank} of {laid.ranks}{was}: {cause_of_end(code, words)}"
            )
    for rank, end in ends.items():
        if not end.waited:
            error = to_error(end.failed)
            error.args = (f"rank {rank} of {laid.ranks}: {error}",)
            return error
    waiting = min(ends, default=0)
    others = [f"rank {rank} {text}" for rank, (text, _) in doing.items() if rank not in ends]
    said = "; ".join(others) or "; ".join(end.failed.message for end in ends.values())
    return MeasurementError(
        f"rank {waiting} of {laid.ranks} waited {request.patience_s:g} s for the others: "
        f"{said or 'they were ended from outside'}"
    )
