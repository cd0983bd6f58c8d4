"""Errors across the pipe: an exception becomes a message, and the message that exception again."""

from __future__ import annotations

import sys
import traceback

from advisor import errors
from advisor.errors import AdvisorError, ExitCode, MeasurementError
from advisor.measurement.protocol import Failed

_LAST_FRAMES = 3
_LONGEST_TEXT = 600
# Kinds that are made from a message alone; those below them travel as the nearest of these.
_KINDS: dict[str, type[AdvisorError]] = {
    kind.__name__: kind
    for kind in (
        errors.AdvisorError,
        errors.UsageError,
        errors.CatalogError,
        errors.ModelError,
        errors.StrategyError,
        errors.MeasurementError,
    )
}
# Who allocates beside PyTorch's allocator of the GPU has no exception of its own: a RuntimeError
# with one of these texts, of the processor's allocator, the CUDA runtime, cuBLAS or cuDNN.
_ALLOCATOR_TEXTS = (
    "can't allocate memory",
    "not enough memory",
    "CUDA error: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
)


def to_message(error: BaseException) -> Failed:
    """Describe `error`: what was expected by its message, anything else with where it happened."""
    shortage = _memory_shortage(error)
    if shortage is not None:
        text = f"out of memory: {describe(shortage)}"
        return Failed(MeasurementError.__name__, text, MeasurementError.exit_code)
    if isinstance(error, AdvisorError):
        kind = next(base.__name__ for base in type(error).__mro__ if base.__name__ in _KINDS)
        return Failed(kind, _valid(str(error)), error.exit_code)
    text = f"the worker failed: {describe(error)}"
    return Failed(MeasurementError.__name__, text, MeasurementError.exit_code, _frames(error))


def to_error(failed: Failed) -> AdvisorError:
    """The exception that `failed` was made from, or the nearest kind that is known here."""
    detail = f" ({failed.detail})" if failed.detail else ""
    error = _KINDS.get(failed.kind, MeasurementError)(failed.message + detail)
    error.exit_code = ExitCode(failed.exit_code)
    return error


def _memory_shortage(error: BaseException | None) -> BaseException | None:
    """The cause in the chain of `error` that says memory ran out; None where none does."""
    torch = sys.modules.get("torch")  # not imported for this: an error of its can only come after
    kinds = (MemoryError, torch.OutOfMemoryError) if torch else (MemoryError,)
    while error is not None:
        if isinstance(error, kinds):
            return error
        if isinstance(error, RuntimeError) and any(text in str(error) for text in _ALLOCATOR_TEXTS):
            return error
        # A compiler raises its own "from None", and keeps what it caught beside or as the context.
        error = error.__cause__ or getattr(error, "inner_exception", None) or error.__context__
    return None


def describe(error: BaseException) -> str:
    """Type and text in one line of bounded length; user code may raise an error without text."""
    text = " ".join(_valid(str(error)).split())
    if len(text) > _LONGEST_TEXT:
        text = text[:_LONGEST_TEXT] + " …"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _frames(error: BaseException) -> str:
    """Where it was raised, innermost last; values of variables stay out, they may be secret."""
    frames = traceback.extract_tb(error.__traceback__)[-_LAST_FRAMES:]
    return _valid(", ".join(f"{each.filename}:{each.lineno} in {each.name}" for each in frames))


def _valid(text: str) -> str:
    """`text` with what is not valid Unicode written out, so that it can be sent."""
    return text.encode(errors="backslashreplace").decode()
