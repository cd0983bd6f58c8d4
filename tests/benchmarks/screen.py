"""What the screen costs over a terminal: `python -m tests.benchmarks.screen [--peers VENV …]`.

Prints, at 120 × 40 in true colour, a figure a line beside its budget: start to the first words (20
characters that show) and to a whole screen (200), cold after the cached pages of all that is
imported are let go of; bytes and time for a key, a toggle, a tick of the telemetry, an idle minute;
memory with 300 and 10,000 modules, the longest wait with 10,000, keys while a worker measures, and
how it ends. Then the same figures of other programs: each VENV may hold memray, posting, harlequin
or visidata.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

import advisor
from tests.benchmarks import screen_peers
from tests.benchmarks.screen_probe import Probe, evict, middle, p95
from tests.benchmarks.screen_table import Row, show

ROOT = Path(advisor.__file__).parents[1]
HELD = (sys.executable, "-m", "tests.tui.held")
READY = b"effect of 0 on"
PAINTS = 5


class Bench:
    """Programs started with state of their own."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self._environment = {
            "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(scratch), "HISTORY": str(scratch / "h"),
            "XDG_CONFIG_HOME": str(scratch), "PYTHONPYCACHEPREFIX": str(scratch / "compiled"),
        }  # fmt: skip

    def open(self, *words: str) -> Probe:
        return Probe(words, self._environment)

    def held(self, *options: str) -> Probe:
        """The screen around a model made by hand, ready and still, its telemetry paused."""
        found = self.open(*HELD, *options)
        found.wait_for(READY)
        found.settle(1.0)
        found.press(b"p")
        return found

    def compile(self) -> None:
        """Compile what is imported, as an installation does: a run that compiles takes memory."""
        found = self.open(*HELD)
        found.wait_for(READY)
        found.close()

    def paints_s(self) -> tuple[float, float]:
        """To the first words and to a whole screen, of the program as a user starts it."""
        found = self.open(sys.executable, "-m", "advisor", "digits", "--hardware", "cpu-2vcpu")
        try:
            return found.first_paint_s(), found.whole_paint_s()
        finally:
            found.close()


def _milliseconds(values: Sequence[float]) -> list[float]:
    return [1e3 * value for value in values]


def starting(bench: Bench) -> Iterator[Row]:
    bench.paints_s()  # compiles what only the command imports
    evict(
        [bench.scratch, ROOT / "advisor", ROOT / "profiles", Path(sysconfig.get_paths()["purelib"])]
    )
    first, whole = bench.paints_s()
    yield Row("start to first words, cold", 1e3 * first, "ms", 900)
    yield Row("start to a whole screen, cold", 1e3 * whole, "ms", 900)
    runs = [_milliseconds(bench.paints_s()) for _ in range(PAINTS)]
    for at, name in enumerate(("first words", "a whole screen")):
        warm = [run[at] for run in runs]
        spread = f"{min(warm):.0f} to {max(warm):.0f}"
        yield Row(f"start to {name}, warm", middle(warm), "ms", 500, spread)


def keys(bench: Bench) -> Iterator[Row]:
    found = bench.held()
    try:
        yield Row("memory, 300 modules", found.rss_mib, "MiB", 80)
        moves = [found.press(key) for key in [b"j"] * 30 + [b"k"] * 30]
        sizes = [float(size) for size, _, _ in moves]
        latencies = _milliseconds([first for _, first, _ in moves])
        spread = f"p95 {p95(sizes):,.0f}, most {max(sizes):,.0f} (the list turns a page)"
        yield Row("cursor key, bytes", middle(sizes), "B", 1500, spread)
        yield Row("cursor key, p95 of bytes", p95(sizes), "B", 1500)
        yield Row("cursor key to repaint, idle, p95", p95(latencies), "ms", 50,
                  f"median {middle(latencies):.1f}")  # fmt: skip
        toggles = [found.press(b" ") for _ in range(10)]
        yield Row("toggle, most bytes", max(size for size, _, _ in toggles), "B", 5000)
        last = _milliseconds([last for _, _, last in toggles])
        yield Row("toggle to last byte, most", max(last), "ms", 100, f"median {middle(last):.1f}")
        views = [found.press(key) for key in (b"2", b"3", b"4", b"5", b"6", b"7", b"1", b"?", b"q")]
        yield Row("another view, most bytes", max(size for size, _, _ in views), "B")
        yield Row("idle minute, telemetry paused", found.bytes_in(60.0), "B", 0)
        found.press(b"p")
        yield Row("telemetry, bytes a second", found.bytes_in(20.0) / 20, "B/s", 1000)
    finally:
        found.close()


def many_modules(bench: Bench) -> Iterator[Row]:
    found = bench.held("--modules", "10000")
    try:
        found.press(b"3", 0.5)
        waits = {}
        for name, sent in (
            ("last line", b"G"), ("first line", b"g"), ("page", b"\x1b[6~"), ("line", b"j"),
            ("tree", b"v"), ("fold", b"h"), ("table", b"v"), ("strategies", b"1"), ("toggle", b" "),
            ("operators", b"3"),
        ):  # fmt: skip
            waits[name] = 1e3 * found.press(sent, 0.5)[1]
        worst = max(waits, key=lambda name: waits[name])
        yield Row("10,000 modules: longest wait", waits[worst], "ms", 150, f"at {worst}")
        sorting = max(1e3 * found.press(key, 0.5)[2] for key in (b"s", b"s", b"S"))
        yield Row("10,000 modules: sort", sorting, "ms", 300)
        found.press(b"/", 0.5)
        filtering = max(1e3 * found.press(key, 0.5)[2] for key in (b"9", b"."))
        yield Row("10,000 modules: a letter of the filter", filtering, "ms", 300)
        yield Row("10,000 modules: memory", found.rss_mib, "MiB", 120)
    finally:
        found.close()


def measuring(bench: Bench) -> Iterator[Row]:
    found = bench.open(sys.executable, "-m", "advisor", "tiny-gpt", "--hardware", "cpu-2vcpu")
    try:
        found.wait_for(READY)
        found.settle(2.5)
        found.press(b"m")
        found.until(lambda: bool(found.children()))
        time.sleep(3.0)  # torch is imported in the worker, and it runs
        latencies: list[float] = []
        while len(latencies) < 40 and found.children():
            os.write(found.descriptor, b"jk"[len(latencies) % 2 :][:1])
            pressed_s = time.monotonic()
            found.read(2.0)
            latencies.append(1e3 * (time.monotonic() - pressed_s))
            found.bytes_in(0.08)
        yield Row("key to repaint, a worker measuring, p95", p95(latencies), "ms", 50,
                  f"median {middle(latencies):.1f}, n={len(latencies)}")  # fmt: skip
        there = found.children()
        if not there:
            found.press(b"m")
            found.until(lambda: bool(found.children()))
            there = found.children()
        code, seconds = found.end(keys=b"q")
        _, alive = psutil.wait_procs(there, timeout=0.1)
        yield Row("q in a measurement", seconds, "s", 1, f"exit {code}, {len(there)} workers")
        yield Row("workers left after it", len(alive), "", 0)
    finally:
        found.close()


def ending(bench: Bench) -> Iterator[Row]:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        found = bench.held()
        code, seconds = found.end(number)
        found.close()
        yield Row(f"{number.name} to the end", seconds, "s", 1,
                  f"exit {code}" + ("" if code == 128 + number else ", WRONG"))  # fmt: skip
    refusals = []
    for _ in range(3):
        started_s = time.monotonic()
        ran = subprocess.run(
            [sys.executable, "-m", "advisor", "digits"], env={**os.environ, "TERM": "dumb"},
            stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd=ROOT,
        )  # fmt: skip
        refusals.append(1e3 * (time.monotonic() - started_s))
    detail = f"exit {ran.returncode}"
    yield Row("no terminal to the refusal", middle(refusals), "ms", 300, detail)


PARTS = {
    "start": starting, "keys": keys, "many": many_modules, "measuring": measuring, "end": ending,
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--peers", type=Path, metavar="VENV", nargs="+", default=[], help="where others are"
    )
    parser.add_argument("--only", choices=[*PARTS, "peers"], action="append", default=[])
    arguments = parser.parse_args()
    wanted = arguments.only or [*PARTS, "peers"]
    kept = True
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.compile()
        for name in wanted:
            if name in PARTS:
                for row in PARTS[name](bench):
                    kept = show(row) and kept
        if "peers" in wanted:
            sys.stdout.write(screen_peers.HEADING)
            itself = screen_peers.Peer("advisor", HELD, b"j", bench._environment)
            for peer in (itself, *screen_peers.peers(arguments.peers, Path(folder))):
                screen_peers.measure(peer)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
