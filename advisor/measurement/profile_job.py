"""The job of the model worker: load a model and profile it."""

from __future__ import annotations

from dataclasses import replace

from advisor.measurement.progress import Report, part
from advisor.measurement.protocol import ProfileReady
from advisor.measurement.resized import resized
from advisor.measurement.result import ModelRequest
from advisor.models.fingerprint import fingerprint
from advisor.models.load import load
from advisor.profiling.run import profile

_LOADED = 0.3


def run(request: ModelRequest, report: Report) -> ProfileReady:
    """Raises UsageError and ModelError, as loading and profiling do."""
    report(f"loading {request.reference}", 0.1)
    model = load(
        request.reference,
        weights=request.weights,
        trust_remote_code=request.trust_remote_code,
        inputs=request.inputs,
    )
    model = resized(model, request)
    known_by = fingerprint(model)
    found = profile(model, part(report, _LOADED, 1.0))
    return ProfileReady(replace(found, fingerprint=known_by))
