from __future__ import annotations

from dataclasses import replace

from advisor.measurement.certainty import circumstances, measured_texts
from advisor.measurement.result import Interval
from tests.support.measurements import measurement

FOUND = measurement("bf16", 0.02, 0.01, 0.9, 0.891, {"a": 1.0, "b": 0.8}, {"a": 1.0, "b": 0.76})


def test_a_drop_that_other_samples_could_lack_is_called_noise() -> None:
    unsure = replace(FOUND, drop_interval=Interval(-0.01, 0.03))
    assert ("quality lost", "1.00% (95%: -1.00% to 3.00%), within noise") in measured_texts(unsure)
    assert unsure.quality_is_noise
    sure = replace(FOUND, drop_interval=Interval(0.005, 0.03))
    assert ("quality lost", "1.00% (95%: 0.50% to 3.00%)") in measured_texts(sure)
    assert not sure.quality_is_noise


def test_a_drop_of_unknown_certainty_says_so() -> None:
    texts = dict(measured_texts(FOUND))
    assert "unknown" in texts["quality lost"]
    assert "5.00%" in texts["worst class lost (b)"]
    assert FOUND.quality_is_noise is None


def test_a_machine_that_tells_nothing_is_called_too_noisy() -> None:
    noisy = replace(FOUND, latency_ratio=Interval(0.4, 0.6))
    assert noisy.machine_is_too_noisy
    assert "too noisy to tell" in dict(measured_texts(noisy))["latency changed by"]
    steady = replace(FOUND, latency_ratio=Interval(0.49, 0.51))
    assert not steady.machine_is_too_noisy
    texts = dict(measured_texts(steady))
    assert texts["latency changed by"] == "-50.00% (95%: -51.00% to -49.00%)"


def test_outliers_are_told() -> None:
    slow = replace(FOUND.baseline, latency_s=replace(FOUND.baseline.latency_s, outliers=2))
    texts = dict(measured_texts(replace(FOUND, baseline=slow)))
    assert texts["outlying timings"] == "2 of the baseline, 0 of the variant"
    assert "outlying timings" not in dict(measured_texts(FOUND))


def test_circumstances_name_threads_clock_and_load() -> None:
    here = replace(FOUND.environment, clock_mhz=(2600.0, 2400.0), load_average=1.25, cores=2)
    text = circumstances(replace(FOUND, environment=here))
    for part in ("2 threads on 2 cores", "clock 2600 MHz before and 2400 after", "load 1.2"):
        assert part in text
