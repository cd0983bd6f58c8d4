"""Projected against measured on this machine's GPU: `python -m tests.benchmarks.gpu --output DIR`.

In under nine minutes it checks the driver's figures against PyTorch's and nvidia-smi's, profiles
the models, calibrates, and measures the cases of `gpu_cases` in their order until the time is up.
DIR holds `rows.csv`, `nvml.csv` and `report.md` then, and what was reached so far at any time
before. `--device cpu` tries the same command on a few small models; it says nothing about a GPU.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import msgspec

from advisor.catalog.hardware import Hardware
from advisor.catalog.load import hardware_by_id
from advisor.errors import AdvisorError, ExitCode
from advisor.measurement.calibration.result import CalibrationRequest
from advisor.measurement.process import run_calibration, run_profile
from advisor.measurement.result import ModelRequest
from advisor.profiling.profile import ModelProfile
from tests.benchmarks.gpu_cases import Case, cases
from tests.benchmarks.gpu_found import Found
from tests.benchmarks.gpu_nvml import Check
from tests.benchmarks.gpu_project import projected
from tests.benchmarks.gpu_report import write
from tests.benchmarks.gpu_rows import Row, rows
from tests.benchmarks.gpu_run import ROOT, run_cases

MINUTES = 8.5
REPEATS = 30
_CHECK_LIMIT_S = 60.0
_PROFILE_WORKERS = 8
Profiles = dict[ModelRequest, ModelProfile | str]
"""A text says why there is no profile."""


def say(text: str) -> None:
    sys.stderr.write(text + "\n")


def driver_checks(device: str) -> list[Check]:
    if device == "cpu":
        return []
    command = [sys.executable, "-m", "tests.benchmarks.gpu_nvml_run", device]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=_CHECK_LIMIT_S, check=True
        )
    except subprocess.CalledProcessError as error:
        cause = " ".join(error.stderr.split())[-300:]
    except subprocess.TimeoutExpired:
        cause = f"took longer than {_CHECK_LIMIT_S:.0f} s"
    else:
        return msgspec.json.decode(done.stdout.splitlines()[-1], type=list[Check])
    return [Check("all figures", None, "everyone", None, False, f"not read: {cause}")]


def profiles(chosen: Sequence[Case]) -> Profiles:
    """Several at a time; one that fails leaves its cause in the place of its profile."""
    requests = list(dict.fromkeys(case.request for case in chosen))
    workers = max(1, min(_PROFILE_WORKERS, (os.cpu_count() or 2) // 2))
    with ThreadPoolExecutor(workers) as pool:
        return dict(zip(requests, pool.map(_profiled, requests), strict=True))


def _profiled(request: ModelRequest) -> ModelProfile | str:
    try:
        return run_profile(request, lambda *_: None)
    except AdvisorError as error:
        return f"not profiled: {error}"


def calibrated(device: str) -> tuple[Hardware, str]:
    done = run_calibration(CalibrationRequest(device), lambda *_: None)
    known = done.hardware.calibration
    assert known is not None
    return done.hardware, (
        f"Calibrated in {done.elapsed_s:.0f} s by {known.points} points, which are left out of "
        f"the fit projected within {known.median_error:.1%} in the median."
    )


def rows_of(case: Case, found: Found, known: Profiles, hardware: Hardware) -> list[Row]:
    profile = known[case.request]
    if found.cause is not None or isinstance(profile, str):
        return rows(case, found, None, profile if isinstance(profile, str) else "")
    try:
        trained = None if found.training is None else found.training.variant
        return rows(case, found, projected(case, profile, hardware, trained))
    except AdvisorError as error:
        return rows(case, found, None, f"not projected: {error}")


def run(arguments: argparse.Namespace) -> int:
    started = time.monotonic()
    device: str = arguments.device
    chosen = [each for each in cases(device) if arguments.only in each.name][: arguments.cases]
    say(f"checking the driver, profiling {len({each.request for each in chosen})} models and sizes")
    with ThreadPoolExecutor(1) as beside:  # profiling leaves the device alone
        asked = beside.submit(driver_checks, device)
        known = profiles(chosen)
        checks = asked.result()
    say("calibrating" if arguments.hardware is None else f"on {arguments.hardware}, uncalibrated")
    if arguments.hardware is None:
        hardware, how = calibrated(device)
    else:
        hardware = hardware_by_id(arguments.hardware, "--hardware")
        how = f"Projected on {hardware.name} as published, not calibrated."
    heading = f"{_here(hardware)} {how}"
    found: list[Row] = []
    ends_at = started + 60 * arguments.minutes
    for case, measured in run_cases(chosen, device, arguments.repeats, ends_at, say):
        found += rows_of(case, measured, known, hardware)
        write(arguments.output, found, checks, heading)
    write(arguments.output, found, checks, heading)
    sys.stdout.write((arguments.output / "report.md").read_text())
    say(f"{time.monotonic() - started:.0f} s in all; wrote {arguments.output}")
    return ExitCode.DONE


def _here(hardware: Hardware) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", "transformers", "torchao"))
    return f"{hardware.name}, Python {platform.python_version()}, {versions}."


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--device", default="cuda", metavar="NAME", help="cuda, cuda:1 or cpu")
    parser.add_argument("--minutes", type=float, default=MINUTES, metavar="N")
    parser.add_argument("--repeats", type=int, default=REPEATS, metavar="N")
    parser.add_argument("--only", default="", metavar="TEXT", help="cases with this in their name")
    parser.add_argument("--cases", type=int, metavar="N", help="no more than the first N of them")
    parser.add_argument(
        "--hardware", metavar="ID", help="project on this profile instead of calibrating"
    )
    return run(parser.parse_args(given))


if __name__ == "__main__":
    sys.exit(main())
