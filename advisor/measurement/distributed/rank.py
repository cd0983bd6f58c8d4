"""One of the processes that torchrun starts; its place among them is in the environment."""

from __future__ import annotations

import faulthandler
import os
import sys
import traceback
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist

from advisor.measurement.distributed.exchange import Ended, Folder, Note
from advisor.measurement.distributed.place import Place
from advisor.measurement.distributed.result import DistributedRequest
from advisor.measurement.distributed.training import measure
from advisor.measurement.failure import to_message
from advisor.measurement.protocol import DistributedReady, decode_request, encode
from advisor.measurement.worker import end_with_parent

_LOST = ("timed out", "timeout", "closed by peer", "connection reset", "broken pipe")
"""Words of gloo and of the store where another rank does not answer, or is gone."""


def main(folder: str) -> None:
    """The whole life of the process, which ends with 1 where it failed."""
    faulthandler.enable()
    if os.getpgrp() == os.getpid():
        end_with_parent()
    where, rank = Folder(Path(folder)), int(os.environ["RANK"])
    try:
        request = decode_request(where.request.read_bytes())
        assert isinstance(request, DistributedRequest)
        place = _join(request, where, rank)
        found = measure(request, place)
        if place.local_rank == 0:
            where.result.write_bytes(encode(DistributedReady(found)))
        dist.destroy_process_group()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the process boundary: the launcher is told all of it
        traceback.print_exc()
        where.write_end(rank, Ended(to_message(error), _waited(error)))
        sys.stderr.flush()
        os._exit(1)  # what waits for other ranks in the background must not hold this one


def _join(request: DistributedRequest, folder: Folder, rank: int) -> Place:
    """Become one of the group: each on a GPU of its own, or on the processor."""
    note = Note(folder, rank)
    note.say("joining the others", 0.0)
    local = int(os.environ["LOCAL_RANK"])
    on_gpu = request.device == "cuda"
    device = torch.device("cuda", local) if on_gpu else torch.device("cpu")
    if on_gpu:
        torch.cuda.set_device(device)
    patience = timedelta(seconds=request.patience_s)
    dist.init_process_group("nccl" if on_gpu else "gloo", timeout=patience)
    return Place(rank, local, dist.get_world_size(), device, note)


def _waited(error: BaseException | None) -> bool:
    """Whether `error` comes of another rank that does not answer."""
    while error is not None:
        text = str(error).lower()
        if isinstance(error, RuntimeError) and any(words in text for words in _LOST):
            return True
        error = error.__cause__ or error.__context__
    return False
