"""What a watch might have seen, made by hand."""

from __future__ import annotations

from advisor.telemetry.summary import DeviceSummary, Spread, WatchSummary


def watched(utilisation_percent: float, readings: int, idle_share: float) -> WatchSummary:
    """One GPU at the usual interval of five seconds."""
    device = DeviceSummary(
        index=0,
        uuid="GPU-a",
        name="A GPU",
        utilisation_percent=Spread(utilisation_percent, 100.0, readings),
        idle_share=idle_share,
        memory_used_bytes=Spread(4e9, 5e9, readings),
        power_w=None,
        energy_j=None,
    )
    return WatchSummary(readings, (readings - 1) * 5.0, (device,), None, None, None)
