"""What parent and worker say to each other: one JSON object a line, `{"type": …, "body": …}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from advisor.measurement.calibration.result import CalibrationRequest, CalibrationResult
from advisor.measurement.distributed.result import DistributedMeasurement, DistributedRequest
from advisor.measurement.result import Measurement, MeasurementRequest, ModelRequest
from advisor.measurement.sensitivity import Sensitivity, SensitivityRequest
from advisor.measurement.training_result import TrainingMeasurement, TrainingRequest
from advisor.profiling.profile import ModelProfile


@dataclass(frozen=True)
class Progress:
    """What is being done now, and the share of the job that is behind it, 0 to 1."""

    text: str
    fraction: float


@dataclass(frozen=True)
class ProfileReady:
    profile: ModelProfile


@dataclass(frozen=True)
class MeasurementReady:
    measurement: Measurement


@dataclass(frozen=True)
class TrainingReady:
    measurement: TrainingMeasurement


@dataclass(frozen=True)
class DistributedReady:
    measurement: DistributedMeasurement


@dataclass(frozen=True)
class SensitivityReady:
    found: Sensitivity


@dataclass(frozen=True)
class CalibrationReady:
    calibrated: CalibrationResult


@dataclass(frozen=True)
class Failed:
    """The job ended with an error. `kind` is the name of the class in `advisor.errors`.

    `detail` says where in the code it was raised, for errors that nobody expected.
    """

    kind: str
    message: str
    exit_code: int
    detail: str = ""


Request = (
    ModelRequest
    | MeasurementRequest
    | SensitivityRequest
    | TrainingRequest
    | DistributedRequest
    | CalibrationRequest
)
"""A ModelRequest asks for a profile."""
Result = (
    ProfileReady
    | MeasurementReady
    | SensitivityReady
    | TrainingReady
    | DistributedReady
    | CalibrationReady
)
Message = Progress | Result | Failed
"""A worker sends any number of `Progress`, then one of the others, and nothing after it."""

_Body = TypeVar("_Body")
_REQUESTS: Mapping[str, type[Request]] = {
    kind.__name__: kind
    for kind in (
        ModelRequest,
        MeasurementRequest,
        SensitivityRequest,
        TrainingRequest,
        DistributedRequest,
        CalibrationRequest,
    )
}
_MESSAGES: Mapping[str, type[Message]] = {
    kind.__name__: kind
    for kind in (
        Progress,
        ProfileReady,
        MeasurementReady,
        SensitivityReady,
        TrainingReady,
        DistributedReady,
        CalibrationReady,
        Failed,
    )
}


class ProtocolError(ValueError):
    """A line that is not a message; the text says why."""


class _Line(msgspec.Struct):
    """The body stays raw until its type is known: msgspec tags structs, not dataclasses."""

    type: str
    body: msgspec.Raw


def encode(item: Request | Message) -> bytes:
    """`item` as one line, newline included.

    Raises UnicodeEncodeError where a text in it is not valid Unicode.
    """
    body = msgspec.json.encode(item)
    return msgspec.json.encode(_Line(type(item).__name__, msgspec.Raw(body))) + b"\n"


def decode_request(line: bytes) -> Request:
    """Raises ProtocolError where `line` is no request."""
    return _decode(line, _REQUESTS)


def decode_message(line: bytes) -> Message:
    """Raises ProtocolError where `line` is no message."""
    return _decode(line, _MESSAGES)


def _decode(line: bytes, kinds: Mapping[str, type[_Body]]) -> _Body:
    try:
        envelope = msgspec.json.decode(line, type=_Line)
        kind = kinds.get(envelope.type)
        if kind is None:
            raise ProtocolError(f"unknown type {envelope.type!r}; it must be {', '.join(kinds)}")
        return msgspec.json.decode(envelope.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"{error}: {line[:200]!r}") from error
