"""The points of a calibration: the sizes that models have, on a processor or an accelerator."""

from __future__ import annotations

from advisor.measurement.calibration import convolutions, host, products, streaming
from advisor.measurement.calibration.point import Point

ACCELERATOR_ROWS = 16
"""How many times the rows of a processor's points it takes to fill an accelerator."""


def points(accelerator: bool = False) -> list[Point]:
    """All points of one number format, families mixed so that a slow minute hits them alike."""
    more = ACCELERATOR_ROWS if accelerator else 1
    families = [
        list(products.products(more)),
        list(products.quantized(more)),
        list(products.activations(more)),
        list(products.attention(more)),
        list(convolutions.convolutions(more)),
        list(streaming.streaming(more)),
        list(host.tiny(more)),
        list(host.whole_models(more)),
        [] if accelerator else list(host.interrupted()),
    ]
    placed = (
        (index / len(family), point) for family in families for index, point in enumerate(family)
    )
    return [point for _, point in sorted(placed, key=lambda each: each[0])]
