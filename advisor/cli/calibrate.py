"""advisor calibrate: time this box, and project with its own figures from then on."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from advisor import units
from advisor.catalog.hardware import Efficiency
from advisor.cli._arguments import add_json
from advisor.cli._output import StderrProgress, print_table, print_text
from advisor.cli.command import Command
from advisor.errors import AdvisorError, ExitCode
from advisor.export.exporter import refuse_taken, write_whole
from advisor.measurement.calibration import store
from advisor.measurement.calibration.box import this_box
from advisor.measurement.calibration.result import CalibrationRequest, CalibrationResult
from advisor.measurement.process import run_calibration
from advisor.telemetry.machine import machine


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--device", metavar="NAME", help="cpu, cuda or cuda:1")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="also write the profile here, for --hardware FILE on any machine",
    )
    parser.add_argument("--force", action="store_true", help="overwrite FILE")
    add_json(parser)


def run(arguments: Namespace) -> int:
    if arguments.output is not None:
        refuse_taken(arguments.output, overwrite=arguments.force)
    box = this_box(machine())
    with StderrProgress() as progress:
        calibrated = run_calibration(CalibrationRequest(arguments.device), progress)
    content = store.document(calibrated.hardware)
    if arguments.output is not None:
        write_whole(arguments.output, content, overwrite=arguments.force)
        sys.stderr.write(f"wrote {arguments.output}\n")
    try:
        sys.stderr.write(f"kept in {store.keep(calibrated.hardware, box)}\n")
    except AdvisorError as error:
        sys.stderr.write(f"advisor: not kept: {error}\n")
    if arguments.json:
        sys.stdout.write(content.decode())
    else:
        _print(calibrated)
    return ExitCode.DONE


def _print(calibrated: CalibrationResult) -> None:
    rows = [
        (
            each.family,
            each.text,
            each.dtype,
            units.seconds(each.seconds),
            units.percent(each.spread),
            "" if each.flops_per_s is None else units.count(each.flops_per_s, "FLOP/s"),
            units.count(each.bytes_per_s, "B/s"),
        )
        for each in sorted(calibrated.points, key=lambda each: each.family)
    ]
    print_table(("kind", "point", "dtype", "time", "spread", "computes", "moves"), rows)
    hardware, known = calibrated.hardware, calibrated.hardware.calibration
    assert known is not None
    print_text(
        f"\n{hardware.name}: {known.points} points in {calibrated.elapsed_s:.0f} s; "
        f"left out of the fit, half of them are projected within "
        f"{units.percent(known.median_error)}"
    )
    print_text(
        f"fp32 {units.count(hardware.compute.fp32_tflops * 1e12, 'FLOP/s')}, "
        f"memory {hardware.memory.bandwidth_gb_per_s:.1f} GB/s, "
        f"beside its kernels the host takes {_host(hardware.efficiency)}"
    )
    for note in calibrated.notes:
        print_text(f"note: {note}")


def _host(efficiency: Efficiency) -> str:
    """What eager PyTorch costs the host; of modules only where it was told apart."""
    dispatch_us = efficiency.dispatch_us.expected
    if not efficiency.module_dispatches:
        return f"{dispatch_us:.1f} us an operator"
    module_us = dispatch_us * efficiency.module_dispatches
    attention_us = dispatch_us * efficiency.attention_dispatches
    refill_us = 0.0 if efficiency.curves is None else efficiency.curves.refill_us
    return (
        f"{dispatch_us:.1f} us an operator, {module_us:.1f} us a module, {attention_us:.0f} us an "
        f"attention, up to {refill_us:.0f} us after an operator that fills the caches"
    )


COMMAND = Command(
    "calibrate", "time this box, for projections with its own figures", configure, run
)
