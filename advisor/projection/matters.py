"""Which knobs can change anything for a model, so that setups alike in those are evaluated once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from advisor.profiling.profile import ModelProfile
from advisor.projection.attention import with_fused_attention
from advisor.projection.kept import kept_with
from advisor.projection.operators import ITEM_BYTES
from advisor.projection.setup import Setup, with_knobs

_HALF_BYTES = 2.0
_SAME_FORMAT = {"bfloat16": "bf16", "float16": "fp16"}


_PLAIN = vars(Setup())


def _is_half(profile: ModelProfile) -> bool:
    return ITEM_BYTES.get(profile.dtype, 4) <= _HALF_BYTES


def _convolves(profile: ModelProfile) -> bool:
    return any(row.kind == "conv" for phase in profile.phases for row in phase.operators)


def _writes_attention_out(profile: ModelProfile) -> bool:
    return any(with_fused_attention(phase).operators != phase.operators for phase in profile.phases)


_ONLY_FOR: Mapping[str, Callable[[ModelProfile], bool]] = {
    "autocast": lambda profile: not _is_half(profile),
    "products": lambda profile: not _is_half(profile),
    "channels_last": _convolves,
    "attention": _writes_attention_out,
    "key_value_format": lambda profile: profile.decoder is not None,
    "request_batch": lambda profile: profile.decoder is None,
    "cascade_share": lambda profile: profile.decoder is None,
    "cascade_steps": lambda profile: profile.decoder is None,
}
"""Knobs that are about some models only."""


@kept_with
def idle_knobs(profile: ModelProfile) -> frozenset[str]:
    """The knobs that change nothing of this model, whatever else is set."""
    return frozenset(name for name, concerns in _ONLY_FOR.items() if not concerns(profile))


def matters(profile: ModelProfile, name: str, value: object) -> bool:
    """Whether setting the knob `name` to `value` can change anything, whatever else is set."""
    if name == "float_format":
        return value != _SAME_FORMAT.get(profile.dtype)
    return name not in idle_knobs(profile)


def changes_training(name: str, value: object) -> bool:
    """Whether a training step can tell that the knob `name` is at `value` (`for_training`)."""
    return (name, value) != ("float_format", "fp16")


def told_apart(profile: ModelProfile, setup: Setup) -> Setup:
    """`setup` with every knob at its default that changes nothing beside the others."""
    idle = list(idle_knobs(profile))
    # A training step does not run in fp16 for good, so that setup can still be cast.
    cast = setup.float_format == "bf16"
    if not matters(profile, "float_format", setup.float_format):
        idle.append("float_format")
        cast = False
    if cast:
        idle.append("autocast")  # there is nothing left to cast
    if cast or (setup.autocast is not None and "autocast" not in idle):
        idle.append("products")
    if setup.execution != "eager":
        idle.append("channels_last")  # a compiler lays the whole graph out so
    if setup.weight_format != "int4":
        idle.append("weight_group")
    changed = {name: _PLAIN[name] for name in idle if getattr(setup, name) != _PLAIN[name]}
    return with_knobs(setup, changed) if changed else setup
