"""Other programs of the terminal, measured in the same run where they are installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.screen_probe import Probe, evict, middle

RUNS = 3
KEYS = 15
IDLE_S = 10.0


@dataclass(frozen=True)
class Peer:
    """A program, the key that moves about in it, and what it needs to start."""

    name: str
    words: tuple[str, ...]
    key: bytes
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    """What a cold start has to read again."""


def peers(environments: Sequence[Path], scratch: Path) -> Iterator[Peer]:
    """Those that are there: htop of the system, the others in virtual `environments`."""
    htop = shutil.which("htop")
    if htop:
        yield Peer("htop", (htop,), b"\x1b[B")
    for environment in environments:
        yield from _installed(environment, scratch)


def _installed(environment: Path, scratch: Path) -> Iterator[Peer]:
    programs, libraries = environment / "bin", environment / "lib"
    home = {"HOME": str(scratch), "XDG_CONFIG_HOME": str(scratch), "XDG_DATA_HOME": str(scratch)}
    table = scratch / "table.csv"
    table.write_text("\n".join(f"{row},{row * 7 % 100},text {row}" for row in range(1000)))
    if (programs / "memray").exists():
        tree = (str(programs / "memray"), "tree", _allocations(programs, scratch))
        yield Peer("memray tree", tree, b"\x1b[B", home, libraries)
    others: tuple[tuple[str, tuple[str, ...], bytes], ...] = (
        ("posting", ("posting",), b"\t"),
        ("harlequin", ("harlequin", "--no-download-tzdata", ":memory:"), b"a"),
        ("visidata", ("vd", str(table)), b"j"),
    )
    for name, words, key in others:
        if (programs / words[0]).exists():
            yield Peer(name, (str(programs / words[0]), *words[1:]), key, home, libraries)


def _allocations(programs: Path, scratch: Path) -> str:
    path = scratch / "allocations.bin"
    code = "import json, email.mime.text, asyncio; kept = [str(i) * 50 for i in range(20000)]"
    subprocess.run(
        [programs / "memray", "run", "-f", "-q", "-o", path, "-c", code], check=True,
        capture_output=True,
    )  # fmt: skip
    return str(path)


def measure(peer: Peer) -> None:
    """Print a line of figures; what a program does not let measure is said."""
    try:
        paints, cold = [], None
        if peer.folder is not None:
            evict([peer.folder])
            cold = _paint_s(peer)
        paints = [_paint_s(peer) for _ in range(RUNS)]
        found = Probe(peer.words, peer.environment)
        try:
            found.whole_paint_s()
            found.settle(1.5)
            start_bytes, rss_mib = len(found.output), found.rss_mib
            keys = [found.press(peer.key) for _ in range(KEYS)]
            found.settle(1.0)
            idle = found.bytes_in(IDLE_S) / IDLE_S
        finally:
            found.close()
    except (TimeoutError, OSError, subprocess.SubprocessError) as error:
        sys.stdout.write(f"{peer.name:14} could not be measured: {str(error)[-200:]!r}\n")
        return
    sizes, first = [float(size) for size, _, _ in keys], [1e3 * first for _, first, _ in keys]
    shown_cold = "–" if cold is None else f"{1e3 * cold:,.0f}"
    sys.stdout.write(
        f"{peer.name:14} {shown_cold:>8} {1e3 * middle(paints):>8,.0f} {start_bytes / 1e3:>8,.1f} "
        f"{rss_mib:>8,.0f} {middle(sizes):>9,.0f} {max(sizes):>9,.0f} {middle(first):>8,.1f} "
        f"{idle:>8,.0f}\n"
    )
    sys.stdout.flush()


HEADING = (
    f"{'':14} {'cold ms':>8} {'warm ms':>8} {'start kB':>8} {'RSS MiB':>8} {'B a key':>9} "
    f"{'most':>9} {'key ms':>8} {'idle B/s':>8}\n"
)


def _paint_s(peer: Peer) -> float:
    found = Probe(peer.words, peer.environment)
    try:
        return found.whole_paint_s()
    finally:
        found.close()
