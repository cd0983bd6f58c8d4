"""The only place where numbers become text. Every function shows None as "unknown"."""

from __future__ import annotations

import math
import unicodedata

UNKNOWN = "unknown"
BYTES_PER_GIB = 2**30
HOURS_PER_MONTH = 730.0
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600.0

_COMMANDS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that command a terminal: control, format, surrogate, separators."""
_SI_PREFIXES = ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def usd(value: float | None, *, at_least: bool = False) -> str:
    """Dollars: whole from 100 up, cents below."""
    if value is None:
        return UNKNOWN
    sign = "-" if value <= -0.005 else ""  # what rounds to nothing is not below it
    amount = f"{abs(value):,.0f}" if abs(value) >= 100 else f"{abs(value):,.2f}"
    return f"{'≥ ' if at_least else ''}{sign}${amount}"


def unit_price(value: float | None) -> str:
    """Dollars for one of something: four significant digits, however small."""
    if value is None:
        return UNKNOWN
    return usd(value) if value >= 100 or value == 0 else f"${value:.4g}"


def usd_range(low: float | None, high: float | None) -> str:
    return UNKNOWN if low is None or high is None else f"{usd(low)} – {usd(high)}"


def delta_usd(value: float | None) -> str:
    if value is None:
        return UNKNOWN
    return f"{'-' if value <= -0.005 else '+'}{usd(abs(value))}"


def percent(fraction: float | None, *, signed: bool = False, digits: int = 1) -> str:
    if fraction is None:
        return UNKNOWN
    rounded = round(fraction * 100, digits) + 0.0  # what rounds to -0.0 becomes 0.0
    return f"{rounded:{'+' if signed else ''}.{digits}f}%"


def plus_minus(low: float, expected: float, high: float) -> str:
    """Half the width of a range as a share of what is expected, from ten on as a multiple.

    Empty where nothing changes.
    """
    if expected == 0:
        return "" if low == high else f"{delta_usd(low)} to {delta_usd(high)}"
    share = (high - low) / 2 / abs(expected)
    return f"±{share:.0%}" if share < 10 else f"±{share:,.0f}×"


def points(fraction: float | None) -> str:
    """A change of a quality metric in percentage points of its own value."""
    return UNKNOWN if fraction is None else f"{fraction * 100 + 0.0:+.2f}pt"


def seconds(value: float | None) -> str:
    if value is None:
        return UNKNOWN
    for limit, scale, unit, digits in (
        (1e-3, 1e6, "µs", 1), (1.0, 1e3, "ms", 2), (120.0, 1.0, "s", 2), (7200.0, 1 / 60, "min", 1)
    ):  # fmt: skip
        if abs(value) < limit:
            return f"{value * scale:.{digits}f} {unit}"
    return f"{value / 3600:,.1f} h"


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 step`, `2 steps`; `many` where it is more than an s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def days(value: float) -> str:
    """Days of work."""
    return f"{value:g} {'day' if value == 1 else 'days'}"


def months(value: float | None) -> str:
    """How long until something is reached; infinite is never."""
    if value is None:
        return UNKNOWN
    if math.isinf(value):
        return "never"
    return f"{value:,.1f} months" if value < 1200 else "> 100 years"


def memory(value_bytes: float | None) -> str:
    """Binary multiples, as device memory is sold: 80 GiB."""
    if value_bytes is None:
        return UNKNOWN
    amount = float(value_bytes)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(amount) < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:,.1f} TiB"


def count(value: float | None, unit: str = "") -> str:
    """Decimal multiples: 70.55 G parameters, 4.1 T FLOPs."""
    if value is None:
        return UNKNOWN
    for scale, prefix in _SI_PREFIXES:
        if abs(value) >= scale:
            return f"{value / scale:.2f} {prefix}{unit}"
    return f"{value:g} {unit}".rstrip()


def parameters(value: int | None) -> str:
    """Parameters as the field writes them: 70.55 B."""
    if value is None:
        return UNKNOWN
    for scale, prefix in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= scale:
            return f"{value / scale:.2f} {prefix}"
    return str(value)


def number(value: float | None, unit: str = "") -> str:
    """A plain figure with four significant digits, thousands separated."""
    if value is None:
        return UNKNOWN
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{text} {unit}".rstrip()


def exact(value: float) -> str:
    """A figure that reads back as the same: for what is typed again, or shared as a command."""
    return f"{value:.15g}"


def printable(text: str) -> str:
    """Make control and bidirectional characters visible: text from outside is data.

    A model, checkpoint, profile or driver may hold escape sequences; none reaches a terminal.
    """
    return "".join(
        f"\\u{ord(char):04x}" if unicodedata.category(char) in _COMMANDS else char for char in text
    )
