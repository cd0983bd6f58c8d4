"""Arguments that several commands share, and what they become."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.errors import UsageError
from advisor.measurement.result import ModelRequest
from advisor.session_options import Options

if TYPE_CHECKING:
    from advisor.measurement.data.report import DataReport


def add_reference(parser: ArgumentParser, *, optional: bool = False) -> None:
    """The model itself, and what may be done to load it."""
    parser.add_argument(
        "model",
        metavar="MODEL",
        nargs="?" if optional else None,
        help="digits, tiny-gpt, a known model (advisor models), path/to/file.py:factory, "
        "package.module:factory, hf:NAME or a folder with config.json",
    )
    parser.add_argument(
        "--weights", action="store_true", help="load the safetensors of a folder or hf: model"
    )
    parser.add_argument(
        "--trust-remote-code",
        action="store_true",
        help="run the Python code that a model folder brings",
    )


def add_model(parser: ArgumentParser, *, optional: bool = False) -> None:
    """The model, and its example inputs or the size of its own."""
    add_reference(parser, optional=optional)
    parser.add_argument(
        "--inputs",
        action="append",
        default=[],
        metavar="[NAME=]SHAPE[:DTYPE]",
        help="an input by its shape instead of the model's own, once for each: 8x3x224x224, "
        "input_ids=8x128:int64",
    )
    parser.add_argument("--batch", type=positive, metavar="N", help="samples in the example inputs")
    parser.add_argument(
        "--sequence", type=positive, metavar="N", help="tokens in each sample, where it has any"
    )


def positive(text: str) -> int:
    """A count from the command line.

    Raises ArgumentTypeError below 1, ValueError where it is no number.
    """
    value = int(text)
    if value < 1:
        raise ArgumentTypeError(f"{text}: it must be 1 or more")
    return value


def add_scenario(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--hardware",
        metavar="ID|FILE",
        help="advisor hardware lists the ids; a FILE is what advisor calibrate --json printed",
    )
    parser.add_argument(
        "--workload", metavar="ID|FILE", help="advisor workloads lists them; or a file of one"
    )
    parser.add_argument("--organization", metavar="ID", help="advisor organizations lists them")
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override one key of the workload, the organization or the hardware: "
        "serving.prompt_tokens=2048",
    )
    parser.add_argument(
        "--data-report",
        type=Path,
        metavar="FILE",
        help="what `advisor data --json` found: the workload's samples and stored data are taken "
        "from it",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="PATH",
        help="a data set to read now, as `advisor data PATH` does; instead of --data-report",
    )


def add_with(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--with",
        dest="chosen",
        default="",
        metavar="SLUG,SLUG",
        help="strategies to switch on: int8-dynamic,structured-pruning:ratio=0.3",
    )


def add_json(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON on stdout")


def model_request(arguments: Namespace) -> ModelRequest:
    return ModelRequest(
        arguments.model,
        arguments.weights,
        arguments.trust_remote_code,
        arguments.batch,
        arguments.sequence,
        tuple(arguments.inputs),
    )


def _data_report(data: Path | None, file: Path | None) -> DataReport | None:
    """What is known of the data: read from the data itself, or from a report of it."""
    if data is not None and file is not None:
        raise UsageError(f"--data {data} and --data-report {file}: give one of them")
    if data is not None:
        from advisor.cli._data_set import inspect_data

        return inspect_data(data)
    if file is None:
        return None
    from advisor.measurement.data.report import read_report

    return read_report(file)


def options(arguments: Namespace) -> Options:
    """What was asked for; a setting on the command line wins over the data report."""
    report = _data_report(arguments.data, arguments.data_report)
    measured: tuple[str, ...] = ()
    if report is not None:
        from advisor.measurement.data.workload import workload_settings

        measured = workload_settings(report)
    return Options(
        arguments.hardware,
        arguments.workload,
        arguments.organization,
        (*measured, *arguments.settings),
    )
