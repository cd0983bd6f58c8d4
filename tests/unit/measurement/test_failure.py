from __future__ import annotations

import pytest

from advisor.errors import (
    AdvisorError,
    CancelledError,
    CatalogError,
    ExitCode,
    ExportError,
    MeasurementError,
    ModelError,
    StrategyError,
    UnknownNameError,
    UsageError,
)
from advisor.measurement.failure import to_error, to_message
from advisor.measurement.protocol import Failed, decode_message, encode


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    secret = "hunter2"
    with pytest.raises(type(error)) as caught:
        raise error from cause
    assert secret
    return caught.value


@pytest.mark.parametrize(
    "kind", [AdvisorError, UsageError, CatalogError, ModelError, StrategyError, MeasurementError]
)
def test_kind_message_and_exit_code_survive(kind: type[AdvisorError]) -> None:
    error = to_error(to_message(raised(kind("layer 'a' [/b] has no weights"))))
    assert type(error) is kind
    assert str(error) == "layer 'a' [/b] has no weights"
    assert error.exit_code == kind.exit_code


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        (UnknownNameError("strategy", "int7", ["int8"]), UsageError),
        (CancelledError("stopped"), MeasurementError),
        (ExportError("disk full"), AdvisorError),
    ],
)
def test_other_kinds_arrive_as_the_nearest_with_their_exit_code(
    sent: AdvisorError, received: type[AdvisorError]
) -> None:
    error = to_error(to_message(sent))
    assert type(error) is received
    assert str(error) == str(sent)
    assert error.exit_code == sent.exit_code


def test_unexpected_error_is_told_with_type_and_place_and_without_values() -> None:
    failed = to_message(raised(KeyError("weight")))
    assert failed.message == "the worker failed: KeyError: 'weight'"
    assert "test_failure.py:" in failed.detail
    assert "in raised" in failed.detail
    assert "hunter2" not in failed.detail + failed.message
    assert str(to_error(failed)) == f"{failed.message} ({failed.detail})"
    assert to_error(failed).exit_code is ExitCode.RETRY


def test_error_without_text_is_told_by_its_type() -> None:
    assert to_message(raised(ValueError())).message == "the worker failed: ValueError"


def test_leaving_the_process_is_a_failure() -> None:
    assert to_message(raised(SystemExit(3))).message == "the worker failed: SystemExit: 3"


@pytest.mark.parametrize(
    "shortage",
    [
        MemoryError("cannot allocate 9 TiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:124] can't allocate memory: 9 TiB"),
        RuntimeError("DefaultCPUAllocator: not enough memory: 9 TiB"),
    ],
)
def test_lack_of_memory_is_named_even_where_another_error_wraps_it(shortage: Exception) -> None:
    failed = to_message(raised(ModelError("build() of model.py failed"), cause=shortage))
    assert failed.message.startswith("out of memory: ")
    assert "9 TiB" in failed.message
    assert failed.kind == "MeasurementError"


@pytest.mark.parametrize(
    "text",
    [
        "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
    ],
)
def test_lack_of_memory_beside_the_allocator_is_named(text: str) -> None:
    assert to_message(raised(RuntimeError(text))).message.startswith("out of memory: ")


def _fail_to_compile() -> None:
    try:
        raise MemoryError("of autotuning")
    except MemoryError:
        raise RuntimeError("backend failed") from None


def test_lack_of_memory_while_compiling_is_named() -> None:
    """As torch.compile raises it: its own error, "from None"."""
    with pytest.raises(RuntimeError) as caught:
        _fail_to_compile()
    assert "of autotuning" in to_message(caught.value).message


def test_out_of_memory_of_the_device_is_named() -> None:
    torch = pytest.importorskip("torch")
    failed = to_message(raised(torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB")))
    assert failed.message.startswith("out of memory: OutOfMemoryError")


def test_text_that_is_not_unicode_can_still_be_sent() -> None:
    failed = to_message(raised(ModelError("no file 'a\udcff.py'")))
    assert decode_message(encode(failed)) == Failed(
        "ModelError", r"no file 'a\udcff.py'", ExitCode.MODEL_FAILED
    )


def test_endless_text_is_cut() -> None:
    assert len(to_message(raised(RuntimeError("x" * 100_000))).message) < 1000
