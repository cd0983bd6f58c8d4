"""What a measurement found, in words that say how sure it is. Imports no torch."""

from __future__ import annotations

from advisor import units
from advisor.measurement.result import Decoding, Interval, Measurement


def measured_texts(found: Measurement) -> list[tuple[str, str]]:
    """Name and figure of each difference; what could be chance is called that."""
    rows = []
    ratio = found.latency_ratio
    if ratio is not None:
        change = found.variant.latency_s.median / found.baseline.latency_s.median - 1
        shown = Interval(ratio.low - 1, ratio.high - 1)
        verdict = "within noise" if found.latency_is_noise else ""
        if found.machine_is_too_noisy:
            verdict = "the machine is too noisy to tell"
        rows.append(("latency changed by", _with_interval(change, shown, verdict, signed=True)))
    if found.quality_drop is not None:
        verdict = _verdict(found.drop_interval)
        text = _with_interval(found.quality_drop, found.drop_interval, verdict)
        rows.append(("quality lost", text))
    if found.worst_class_drop is not None:
        interval = found.worst_class_interval
        text = _with_interval(found.worst_class_drop, interval, _verdict(interval))
        rows.append((f"worst class lost ({found.worst_class})", text))
    rows += _of_decoding(found.decoding)
    outliers = [run.latency_s.outliers for run in (found.baseline, found.variant)]
    if any(outliers):
        rows.append(
            ("outlying timings", f"{outliers[0]} of the baseline, {outliers[1]} of the variant")
        )
    return rows


def _of_decoding(found: Decoding | None) -> list[tuple[str, str]]:
    if found is None:
        return []
    held = (units.memory(each) for each in found.cache_bytes)
    steps = (units.seconds(each.median) for each in found.step_s)
    return [
        (f"cache of {found.tokens} tokens", " → ".join(held)),
        ("a step of decoding", " → ".join(steps)),
    ]


def circumstances(found: Measurement) -> str:
    """Where it was measured, in one line."""
    where = found.environment
    first, last = where.clock_mhz
    parts = [
        where.device_name,
        f"torch {where.torch}",
        f"{where.threads} threads" + (f" on {where.cores} cores" if where.cores else ""),
        f"{found.variant.latency_s.repeats} repeats",
    ]
    if first is not None and last is not None:
        parts.append(f"clock {first:.0f} MHz before and {last:.0f} after")
    if where.load_average is not None:
        parts.append(f"load {where.load_average:.1f}")
    return ", ".join(parts)


def _verdict(interval: Interval | None) -> str:
    if interval is None:
        return "how sure is unknown: the evaluation gives no number for each sample"
    return "within noise" if interval.holds(0.0) else ""


def _with_interval(
    value: float, interval: Interval | None, verdict: str, *, signed: bool = False
) -> str:
    text = units.percent(value, signed=signed, digits=2)
    if interval is not None:
        low, high = (
            units.percent(each, signed=signed, digits=2) for each in (interval.low, interval.high)
        )
        text += f" (95%: {low} to {high})"
    return f"{text}, {verdict}" if verdict else text
