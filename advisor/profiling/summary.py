"""What a profile's figures mean and leave out, in words for every face."""

from __future__ import annotations

from advisor import units
from advisor.profiling.profile import ModelProfile

FLOPS = "2 × multiply-adds"
OTHER_FLOPS = "norms, activations, softmax; in no total"


def uncounted_lines(profile: ModelProfile) -> list[str]:
    """Each operator that has no count, its calls, and the share of the bytes that it moves.

    The largest share first; none is told where the operator is not of the first phase.
    """
    shares = profile.uncounted_traffic
    names = sorted(profile.uncounted_operators, key=lambda name: (-shares.get(name, 0.0), name))
    return [
        f"{name} × {profile.uncounted_operators[name]}"
        + (f" ({units.percent(shares[name])} of the bytes)" if name in shares else "")
        for name in names
    ]
