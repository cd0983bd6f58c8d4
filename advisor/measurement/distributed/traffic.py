"""Bytes that one process passes to the others: by what it asks of them, and by its sockets."""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from advisor.measurement.distributed.result import Collective, Traffic
from advisor.projection.parallel import all_reduce_bytes, gather_bytes

_NAMESPACES = ("c10d", "_c10d_functional")
_OPEN_FILES = Path("/proc/self/fd")
_BYTES_ACKED = 120
"""Offset of tcpi_bytes_acked in struct tcp_info, linux/tcp.h since 4.1: 64 bits."""
_INFO_BYTES = 192


class Meter(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch declares no types
    """Counts the collectives of a step while it is entered, and what the sockets send."""

    def __init__(self, ranks: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch declares no types
        self._ranks = ranks
        self._payloads: dict[str, list[int]] = defaultdict(list)
        self._wire_bytes: int | None = None

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if func.namespace in _NAMESPACES:
            name = _kind(func.name())
            if name is not None:
                self._payloads[name].append(max(map(_bytes, args), default=0))
        return func(*args, **(kwargs or {}))

    @contextmanager
    def counting(self, settle: Callable[[], None]) -> Iterator[None]:
        """Count one step; `settle` returns once no message of the ranks is under way."""
        settle()
        before = _sent_by_sockets()
        with self:
            yield
        settle()
        after = _sent_by_sockets()
        self._wire_bytes = None if before is None or after is None else after - before

    def traffic(self, *, by_sockets: bool) -> Traffic:
        """`by_sockets` says whether the collectives go by TCP at all."""
        found = {
            name: Collective(len(sizes), sum(sizes), self._sent(name, sum(sizes)))
            for name, sizes in sorted(self._payloads.items())
        }
        return Traffic(found, self._wire_bytes if by_sockets else None)

    def _sent(self, name: str, payload_bytes: int) -> float:
        share = all_reduce_bytes if name == "all-reduce" else gather_bytes
        return float(share(float(self._ranks), float(payload_bytes)))


def _kind(operator: str) -> str | None:
    """The collective that an operator of c10d is; None for those that pass no tensor on."""
    name = operator.partition("::")[2].replace("_", "")
    for start, kind in (
        ("allreduce", "all-reduce"),
        ("allgather", "all-gather"),
        ("reducescatter", "reduce-scatter"),
        ("broadcast", "broadcast"),
    ):
        if name.startswith(start):
            return kind
    return None


def _bytes(argument: Any) -> int:
    """Of the tensors in one argument: the larger side of a gather or scatter is the whole."""
    tensors = (each for each in pytree.tree_leaves(argument) if isinstance(each, torch.Tensor))
    return sum(each.nbytes for each in tensors)


def _sent_by_sockets() -> int | None:
    """Bytes that the peers of this process's TCP connections acknowledged so far, on Linux."""
    if not sys.platform.startswith("linux"):
        return None
    return sum(_acknowledged(int(each.name)) for each in _OPEN_FILES.iterdir())


def _acknowledged(descriptor: int) -> int:
    """0 for what is no TCP connection, or was closed meanwhile."""
    try:
        if not str((_OPEN_FILES / str(descriptor)).readlink()).startswith("socket:"):
            return 0
        with socket.socket(fileno=os.dup(descriptor)) as each:
            if each.family not in (socket.AF_INET, socket.AF_INET6):
                return 0
            info = each.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    except OSError:
        return 0
    if len(info) < _BYTES_ACKED + 8:
        return 0
    return int(struct.unpack_from("Q", info, _BYTES_ACKED)[0])
