"""The roofline of the model's main phase: what each kernel attains against what it could.

Williams, Waterman and Patterson, "Roofline", CACM 2009. Both axes are logarithmic. Points are
projected by the engine with no strategy on, at the profile's own batch size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from advisor import units
from advisor.projection.columns import setup_columns
from advisor.projection.kernels import device_seconds
from advisor.projection.operators import operator_table
from advisor.projection.serving import main_phase
from advisor.projection.setup import Setup
from advisor.projection.time import Load, work
from advisor.tui.render.line import BLANK, Line, Span, line, wrap

if TYPE_CHECKING:
    from advisor.projection.scenario import Scenario

HEIGHT = 13
LABEL_WIDTH = 15
SIGNS = "·•●"
"""By the share of the phase's time: below 2%, below 10%, from there on."""


@dataclass(frozen=True)
class Point:
    """`intensity` in FLOPs a byte, `attained` in FLOPs a second, `share` of the phase's time."""

    intensity: float
    attained: float
    share: float


@dataclass(frozen=True)
class Roofline:
    peak: float
    """FLOPs a second: the highest of the formats that the model computes in."""
    bandwidth: float
    """Bytes a second."""
    points: tuple[Point, ...]
    without_flops: float
    """Share of the time of what has no multiply-adds, which a roofline cannot show."""

    @property
    def ridge(self) -> float:
        return self.peak / self.bandwidth

    def roof(self, intensity: float) -> float:
        return min(self.peak, intensity * self.bandwidth)


def roofline(scenario: Scenario) -> Roofline:
    phase, hardware = main_phase(scenario.profile), scenario.hardware
    table = operator_table(phase)
    columns = setup_columns([Setup()], scenario.profile.dtype, hardware)
    one = np.ones(1)
    load = Load(
        one * phase.batch_size, one * table.query_tokens, one * table.context_tokens, one
    )  # fmt: skip
    calls = work(table, columns, load).calls
    each = device_seconds(calls, hardware, same_sizes=table.same_sizes)
    seconds = (each * table.repeats)[0]
    moved = np.broadcast_to(calls.moved_bytes, each.shape)[0]
    flops = np.broadcast_to(calls.flops, each.shape)[0]
    total = float(seconds.sum()) or 1.0
    shown = (flops > 0) & (moved > 0) & (each[0] > 0)
    points = tuple(
        Point(
            float(flops[at] / moved[at]), float(flops[at] / each[0, at]), float(seconds[at]) / total
        )
        for at in np.flatnonzero(shown)
    )
    peaks = np.broadcast_to(calls.peak_flops, each.shape)[0]
    peak = float(peaks[shown].max()) if points else float(peaks.max(initial=1.0))
    bandwidth = hardware.memory.bandwidth_gb_per_s * 1e9
    return Roofline(peak, bandwidth, points, float(seconds[~shown].sum()) / total)


def roofline_lines(found: Roofline, width: int, height: int = HEIGHT) -> list[Line]:
    room = max(20, width - LABEL_WIDTH - 2)
    least, most = _exponents(found)
    low, high = _heights(found, least)
    grid = [[" "] * room for _ in range(height)]

    def row_of(value: float) -> int:
        place = (math.log10(value) - low) / (high - low)
        return min(height - 1, max(0, round((1 - place) * (height - 1))))

    for column in range(room):
        intensity = 10 ** (least + (most - least) * column / (room - 1))
        sign = "─" if intensity >= found.ridge else "╱"
        grid[row_of(found.roof(intensity))][column] = sign
    for point in sorted(found.points, key=lambda each: each.share):
        place = (math.log10(point.intensity) - least) / (most - least)
        grid[row_of(point.attained)][min(room - 1, max(0, round(place * (room - 1))))] = _sign(
            point
        )
    lines = []
    for number, cells in enumerate(grid):
        value = 10 ** (high - (high - low) * number / (height - 1))
        label = units.count(value, "FLOP/s") if number % 4 == 0 else ""
        lines.append(line(Span(f"{label:>{LABEL_WIDTH}} ", "dim"), "".join(cells)))
    return [*lines, _axis(least, most, room), *_legend(found, width)]


def _axis(least: float, most: float, room: int) -> Line:
    """What the intensity is at both ends, and between them what it is."""
    start, end = units.number(10**least), f"{units.number(10**most)} FLOP/B"
    middle = "FLOPs a byte →"
    text = f"{start}{middle:^{max(0, room - len(start) - len(end))}}{end}"
    return line(Span(f"{'':>{LABEL_WIDTH}} {text}", "dim"))


def _legend(found: Roofline, width: int) -> list[Line]:
    bound = sum(each.share for each in found.points if each.intensity < found.ridge)
    texts = [
        f"The roof bends at {units.number(found.ridge)} FLOPs a byte: left of it bandwidth is the "
        f"limit ({units.percent(bound)} of the time), right of it arithmetic.",
        f"Peak {units.count(found.peak, 'FLOP/s')}, {units.count(found.bandwidth, 'B/s')}. "
        "Points are projected, with nothing on; below 2% of the time ·, below 10% •, from there on "
        f"●. {units.percent(found.without_flops)} of the time has no multiply-adds and no point.",
    ]
    return [BLANK, *(each for text in texts for each in wrap(text, width, " ", "dim"))]


def _exponents(found: Roofline) -> tuple[float, float]:
    """From where to where the intensity goes, as powers of ten; the ridge is in between."""
    intensities = [each.intensity for each in found.points] + [found.ridge]
    return math.floor(math.log10(min(intensities))), math.ceil(math.log10(max(intensities)) + 0.1)


def _heights(found: Roofline, least: float) -> tuple[float, float]:
    lowest = min([each.attained for each in found.points] + [found.roof(10**least)])
    return math.log10(lowest), math.log10(found.peak) + 0.1


def _sign(point: Point) -> str:
    return SIGNS[0 if point.share < 0.02 else 1 if point.share < 0.1 else 2]
