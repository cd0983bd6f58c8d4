from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.measurement.protocol import (
    Failed,
    Progress,
    ProtocolError,
    decode_message,
    decode_request,
    encode,
)
from advisor.measurement.result import MeasurementRequest, ModelRequest

# Every text that is valid Unicode: line breaks and control characters, no lone surrogates.
texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts, st.floats(0, 1))
def test_progress_comes_back_as_it_was_in_one_line(text: str, fraction: float) -> None:
    line = encode(Progress(text, fraction))
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode_message(line) == Progress(text, fraction)


@given(texts, st.tuples(texts, texts), st.integers(0, 10_000))
def test_measurement_request_comes_back_as_it_was(
    reference: str, choices: tuple[str, ...], repeats: int
) -> None:
    request = MeasurementRequest(ModelRequest(reference, weights=True), choices, repeats, "cuda:1")
    assert decode_request(encode(request)) == request


def test_failure_comes_back_as_it_was() -> None:
    failed = Failed("ModelError", "no", 1, "model.py:3 in build")
    assert decode_message(encode(failed)) == failed


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"Epoch 1\n",
        b"{}",
        b"\xff\xfe",
        b'{"type": "Progress", "body": {"text": "half"}}',
        b'{"type": "Progress", "body": {"text": 1, "fraction": 0}}',
    ],
)
def test_what_is_no_message_is_refused_and_shown(line: bytes) -> None:
    with pytest.raises(ProtocolError) as error:
        decode_message(line)
    assert repr(line[:200]) in str(error.value)


def test_unknown_type_is_refused_with_the_known_ones() -> None:
    line = msgspec.json.encode({"type": "Shell", "body": {}})
    with pytest.raises(ProtocolError, match=r"'Shell'.*ModelRequest, MeasurementRequest"):
        decode_request(line)


def test_a_request_is_no_message() -> None:
    with pytest.raises(ProtocolError, match="ModelRequest"):
        decode_message(encode(ModelRequest("digits")))


def test_text_that_is_not_unicode_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode(ModelRequest("mod\udcffel.py:build"))
