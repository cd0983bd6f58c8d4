"""A profile as bytes and back, for the pipe between the model worker and the screen."""

from __future__ import annotations

import msgspec

from advisor.profiling.profile import ModelProfile

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(ModelProfile)


def encode(profile: ModelProfile) -> bytes:
    """`profile` as one line of JSON."""
    return _encoder.encode(profile)


def decode(encoded: bytes) -> ModelProfile:
    """The profile that `encode` was given.

    Raises msgspec.ValidationError where a field is missing or of another type, and
    msgspec.DecodeError where the bytes are not JSON.
    """
    return _decoder.decode(encoded)
