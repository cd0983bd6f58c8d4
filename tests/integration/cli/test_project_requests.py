"""`advisor project` as it is run: one request by options, many by a file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.support.command import advisor, document

REQUESTS = (
    {"model": "tiny-gpt", "hardware": "l4", "batch": 2, "prompt_tokens": 32, "output_tokens": 16},
    {"model": "nowhere", "hardware": "l4"},
    {"model": "tiny-gpt", "hardware": "l4", "tensor_parallel": 2},
)


def test_many_requests_profile_each_model_once(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "advisor", "project", "--requests", "-"],
        cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False,
        input="\n".join(map(json.dumps, REQUESTS)),
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    first, second, third = map(json.loads, found.stdout.splitlines())
    assert set(first["phases"]) == {"prefill", "decode", "inference", "training_step"}
    assert second["error"]["kind"] == "UsageError"
    assert third["phases"]["decode"]["accelerators"] == 2
    assert found.stderr.count("loading tiny-gpt") == 1


def test_options_ask_for_one(tmp_path: Path) -> None:
    found = document(
        "project", "tiny-gpt", "--hardware", "l4", "--batch", "2", "--prompt-tokens", "32",
        "--output-tokens", "16", "--json", cwd=tmp_path,
    )  # fmt: skip
    assert found["asked"]["batch_size"] == 2
    assert {"low", "expected", "high"} <= set(found["phases"]["decode"]["time_s"])
    assert {"before", "after"} <= set(found)


def test_neither_model_nor_requests_is_a_usage_error(tmp_path: Path) -> None:
    found = advisor("project", "--hardware", "l4", cwd=tmp_path)
    assert found.returncode == 2
    assert "--requests" in found.stderr
