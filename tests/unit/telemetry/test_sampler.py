from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import advisor
from advisor.telemetry.reading import DeviceReading, DriverReading, Telemetry
from advisor.telemetry.sample import Sampler

INTERVAL_S = 0.02


class CountingDriver:
    def __init__(self) -> None:
        self.closed = threading.Event()
        self.reads = 0

    def read(self) -> DriverReading:
        self.reads += 1
        return DriverReading((DeviceReading(0, energy_mj=self.reads, read_at_s=0.0),), "1.0")

    def close(self) -> None:
        self.closed.set()


def test_readings_arrive_in_order_until_stopped() -> None:
    driver, received = CountingDriver(), queue.Queue[Telemetry]()
    sampler = Sampler(received.put, INTERVAL_S, driver=driver)
    sampler.start()
    readings = [received.get(timeout=5) for _ in range(3)]
    sampler.stop()
    assert driver.closed.wait(5)
    assert [reading.devices[0].energy_mj for reading in readings] == [1, 2, 3]
    times_s = [reading.taken_at_s for reading in readings]
    assert times_s == sorted(times_s)
    reads = driver.reads
    time.sleep(5 * INTERVAL_S)
    assert driver.reads == reads


def test_pause_reads_nothing_and_resume_goes_on() -> None:
    driver, received = CountingDriver(), queue.Queue[Telemetry]()
    sampler = Sampler(received.put, INTERVAL_S, driver=driver)
    sampler.start()
    received.get(timeout=5)
    sampler.pause()
    time.sleep(5 * INTERVAL_S)
    reads, delivered = driver.reads, received.qsize()
    time.sleep(10 * INTERVAL_S)
    assert (driver.reads, received.qsize()) == (reads, delivered)
    sampler.resume()
    while not received.empty():
        received.get()
    assert received.get(timeout=5).devices
    sampler.stop()


def test_paused_sampler_stops() -> None:
    driver = CountingDriver()
    sampler = Sampler(lambda _: None, INTERVAL_S, driver=driver)
    sampler.pause()
    sampler.start()
    sampler.stop()
    assert driver.closed.wait(5)
    assert driver.reads == 0


def test_stop_is_allowed_in_a_delivery() -> None:
    driver = CountingDriver()
    sampler = Sampler(lambda _: sampler.stop(), INTERVAL_S, driver=driver)
    sampler.start()
    assert driver.closed.wait(5)
    assert driver.reads == 1


def test_first_processor_load_is_unknown_then_known() -> None:
    received: queue.Queue[Telemetry] = queue.Queue()
    sampler = Sampler(received.put, INTERVAL_S, driver=CountingDriver())
    sampler.start()
    first, second = received.get(timeout=5), received.get(timeout=5)
    sampler.stop()
    assert first.host.cpu_percent is None
    assert second.host.cpu_percent is not None


@pytest.mark.parametrize("interval_s", [0, -1])
def test_interval_must_be_positive(interval_s: float) -> None:
    with pytest.raises(ValueError, match=f"interval_s is {interval_s}"):
        Sampler(lambda _: None, interval_s)


def test_running_sampler_does_not_keep_the_process_alive() -> None:
    script = (
        "from advisor.telemetry.sample import Sampler\n"
        "Sampler(lambda _: None, interval_s=3600).start()\n"
    )
    root = Path(advisor.__file__).parents[1]
    finished = subprocess.run([sys.executable, "-c", script], cwd=root, timeout=20, check=False)
    assert finished.returncode == 0
