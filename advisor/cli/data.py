"""advisor data: what a data set holds, so that savings on data stand on the user's own."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from pathlib import Path

from advisor import units
from advisor.cli._arguments import add_json
from advisor.cli._data_set import inspect_data
from advisor.cli._output import print_json, print_table, print_text
from advisor.cli.command import Command
from advisor.duplicates import DEFAULT_SIMILARITY, LEAST_SIMILARITY
from advisor.errors import ExitCode
from advisor.measurement.data.report import (
    Column,
    DataReport,
    Labels,
    Pair,
)

_SHOWN_COLUMNS = 40
_SHOWN_CLASSES = 20


def configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="a CSV, JSON lines, Parquet or text file, or a folder of such files or of images",
    )
    parser.add_argument("--label", metavar="COLUMN", help="the column that holds the labels")
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="COLUMN",
        help="a column that does not make two samples differ; may be given again",
    )
    parser.add_argument(
        "--no-header", action="store_true", help="the first row of a CSV file is data"
    )
    parser.add_argument(
        "--similarity",
        type=_similarity,
        default=DEFAULT_SIMILARITY,
        metavar="SHARE",
        help="texts and rows alike from here on are near duplicates, "
        f"{LEAST_SIMILARITY} to 1 (default: {DEFAULT_SIMILARITY})",
    )
    parser.add_argument("--exact-only", action="store_true", help="do not look for near duplicates")
    add_json(parser)


def _similarity(text: str) -> float:
    value = float(text)
    if not LEAST_SIMILARITY <= value <= 1:
        raise ArgumentTypeError(f"{text}: it must be from {LEAST_SIMILARITY} to 1")
    return value


def run(arguments: Namespace) -> int:
    report = inspect_data(
        arguments.path,
        label=arguments.label,
        ignored=tuple(arguments.ignore),
        header=not arguments.no_header,
        similarity=None if arguments.exact_only else arguments.similarity,
    )
    if arguments.json:
        print_json(report)
    else:
        _print(report)
    return ExitCode.DONE


def _print(report: DataReport) -> None:
    first, *others = _summary(report)
    print_table(first, others)
    print_text("")
    _print_columns(report.columns, report.samples)
    if report.labels is not None and report.labels.counts is not None:
        print_text("")
        _print_classes(report.labels, report.labels.counts)
    for title, pairs in (
        ("equal", report.duplicates.exact_examples),
        ("alike", report.duplicates.near_examples),
    ):
        _print_pairs(title, pairs)
    for fault in report.first_faults:
        print_text(f"not read as it stands: {fault.place}: {fault.reason}")
    for note in report.notes:
        print_text(f"note: {note}")


def _summary(report: DataReport) -> list[tuple[str, str]]:
    found = report.duplicates
    share = report.duplicate_fraction
    return [
        ("data", f"{report.path}: {report.format}"),
        ("samples", f"{report.samples:,}"),
        ("size", f"{units.memory(report.size_bytes)} in {report.files:,} file(s)"),
        ("in compressed columns", _packed(report)),
        ("exact duplicates", _counted(found.exact, report.samples)),
        ("near duplicates", _counted(found.near, report.samples)),
        ("  which are", found.criterion),
        ("together", f"{units.percent(share.low)} to {units.percent(share.high)} of the samples"),
        ("equal samples, labels differ", f"{found.conflicting_samples:,} in "
                                         f"{found.conflicting_groups:,} group(s)"),
        *_label_rows(report.labels),
        ("faults", f"{report.faults:,}"),
    ]  # fmt: skip


def _packed(report: DataReport) -> str:
    if report.packed_fraction is None:
        return units.UNKNOWN
    return f"{units.percent(report.packed_fraction)} of that, from the first samples"


def _counted(count: int | None, samples: int) -> str:
    return (
        units.UNKNOWN
        if count is None
        else f"{count:,} ({units.percent(count / samples, digits=2)})"
    )


def _label_rows(labels: Labels | None) -> list[tuple[str, str]]:
    if labels is None:
        return [("labels", units.UNKNOWN)]
    classes = f"{labels.distinct:,} classes" if labels.counts else "too many values to be classes"
    rows = [("labels", f"column {labels.column}: {classes}, {labels.unlabelled:,} unlabelled")]
    if labels.imbalance is not None:
        rows += [
            ("  largest over smallest class", f"{labels.imbalance:,.2f}"),
            ("  classes of equal size", f"{labels.effective_classes:.2f}"),
            ("  beyond an equal part each", units.percent(labels.surplus)),
        ]
    return rows


def _print_columns(columns: tuple[Column, ...], samples: int) -> None:
    rows = [
        (
            column.name,
            column.kind + (f" ({column.numbers:,} numbers)" if column.kind == "mixed" else ""),
            _counted(column.missing, samples),
            "yes" if column.compared else "no",
        )
        for column in columns[:_SHOWN_COLUMNS]
    ]
    print_table(("column", "kind", "missing", "compared"), rows)
    if len(columns) > _SHOWN_COLUMNS:
        print_text(f"… and {len(columns) - _SHOWN_COLUMNS:,} more columns: --json lists all")


def _print_classes(labels: Labels, counts: Mapping[str, int]) -> None:
    total = sum(counts.values())
    rows = [
        (name, f"{count:,}", units.percent(count / total))
        for name, count in list(counts.items())[:_SHOWN_CLASSES]
    ]
    print_table((labels.column, "samples", "share"), rows)
    if len(counts) > _SHOWN_CLASSES:
        print_text(f"… and {len(counts) - _SHOWN_CLASSES:,} more classes: --json lists all")


def _print_pairs(title: str, pairs: tuple[Pair, ...]) -> None:
    for pair in pairs:
        print_text(f"{title}: {pair.sample} and {pair.earlier}")


COMMAND = Command(
    "data", "measure a data set: size, duplicates, gaps, label balance", configure, run
)
