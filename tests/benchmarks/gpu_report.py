"""The rows of the GPU benchmark as CSV, and as Markdown with their errors beside the targets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.benchmarks.gpu_nvml import Check
from tests.benchmarks.gpu_rows import ALLOCATOR, ENERGY, LATENCY, NVML, QUALITY, Row

TARGETS = {
    LATENCY: "median 7%, p90 15%",
    ALLOCATOR: "median 3%",
    NVML: "median 5%",
    ENERGY: "median 10%",
    QUALITY: "none stated",
}
"""What the errors are to come to, of models that took no part in the fit: none here does."""
_COLUMNS = (
    "model", "kind", "strategies", "batch", "tokens", "quantity", "projected low", "projected",
    "projected high", "measured", "error", "covered", "ratio projected", "ratio measured",
    "sign wrong", "cause",
)  # fmt: skip


@dataclass(frozen=True)
class Errors:
    """Of one quantity: absolute errors, the signed median, and how often the sign was wrong."""

    count: int
    median: float
    p90: float
    bias: float
    covered: float
    signs_wrong: int
    signs: int


def errors(rows: Sequence[Row], quantity: str) -> Errors | None:
    """None where nothing of the quantity was both projected and measured."""
    chosen = [each for each in rows if each.quantity == quantity and each.error is not None]
    found = np.array([each.error for each in chosen])
    if not len(found):
        return None
    signs = [each.sign_wrong for each in chosen if each.sign_wrong is not None]
    return Errors(
        len(found), float(np.median(np.abs(found))), float(np.quantile(np.abs(found), 0.9)),
        float(np.median(found)), float(np.mean([bool(each.covered) for each in chosen])),
        sum(signs), len(signs),
    )  # fmt: skip


def write(folder: Path, rows: Sequence[Row], checks: Sequence[Check], heading: str) -> None:
    """`rows.csv`, `nvml.csv` and `report.md` in `folder`, in the place of earlier ones."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rows.csv").write_text(_csv([_COLUMNS, *map(_cells, rows)]))
    fields = ("figure", "ours", "by", "theirs", "holds", "note")
    (folder / "nvml.csv").write_text(
        _csv([fields, *((getattr(each, name) for name in fields) for each in checks)])
    )
    (folder / "report.md").write_text(markdown(rows, checks, heading))


def _csv(lines: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)  # type: ignore[arg-type]  # rows are any iterables
    return out.getvalue()


def _cells(row: Row) -> list[object]:
    case, expected = row.case, row.projected
    low, middle, high = (
        (expected.low, expected.expected, expected.high) if expected else (None,) * 3
    )
    return [
        case.model, case.kind, case.strategies, case.batch, case.tokens, row.quantity, low, middle,
        high, row.measured, row.error, row.covered, row.ratio_projected, row.ratio_measured,
        row.sign_wrong, row.cause,
    ]  # fmt: skip


def markdown(rows: Sequence[Row], checks: Sequence[Check], heading: str) -> str:
    return "\n".join(
        [*_summary(rows, heading), *_driver(checks), *_measured(rows), *_missing(rows)]
    )


def _summary(rows: Sequence[Row], heading: str) -> Iterator[str]:
    yield f"# Projected against measured\n\n{heading}\n"
    yield "| quantity | figures | median error | p90 | bias | in interval | signs wrong | target |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
    for quantity, target in TARGETS.items():
        found = errors(rows, quantity)
        if found is None:
            yield f"| {quantity} | 0 | | | | | | {target} |"
            continue
        yield (
            f"| {quantity} | {found.count} | {found.median:.1%} | {found.p90:.1%} | "
            f"{found.bias:+.1%} | {found.covered:.0%} | {found.signs_wrong} of {found.signs} | "
            f"{target} |"
        )


def _driver(checks: Sequence[Check]) -> Iterator[str]:
    yield "\n## The driver's figures against others'\n"
    if not checks:
        yield "Not checked: there is no GPU in this run."
        return
    yield "| figure | ours | by | theirs | holds | note |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for each in checks:
        holds = {True: "yes", False: "**no**", None: "unknown"}[each.holds]
        yield f"| {each.figure} | {each.ours} | {each.by} | {each.theirs} | {holds} | {each.note} |"


def _measured(rows: Sequence[Row]) -> Iterator[str]:
    yield "\n## Measured\n"
    yield "| case | quantity | projected | measured | error | ratio projected | measured |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    for row in rows:
        if row.measured is None:
            continue
        middle = None if row.projected is None else row.projected.expected
        error = "" if row.error is None else f"{row.error:+.1%}"
        wrong = " (sign wrong)" if row.sign_wrong else ""
        yield (
            f"| {row.case.name} | {row.quantity} | {_figure(middle)} | {_figure(row.measured)} | "
            f"{error} | {_figure(row.ratio_projected)} | {_figure(row.ratio_measured)}{wrong} |"
        )


def _missing(rows: Sequence[Row]) -> Iterator[str]:
    yield "\n## Not measured, or not projected\n"
    for row in rows:
        if row.cause:
            cause = " ".join(row.cause.split()).replace("|", "/")
            yield f"- {row.case.name}, {row.quantity}: {cause}"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
