"""`advisor project` as it is run: one request by options, many by a file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

REQUESTS = (
    {"model": "tiny-gpt", "hardware": "l4", "batch": 2, "prompt_tokens": 32, "output_tokens": 16},
    {"model": "nowhere", "hardware": "l4"},
    {"model": "tiny-gpt", "hardware": "l4", "tensor_parallel": 2},
)


def run(*arguments: str, cwd: Path, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "advisor", "project", *arguments],
        cwd=cwd, capture_output=True, text=True, timeout=180, check=False, input=given,
    )  # fmt: skip


def test_many_requests_profile_each_model_once(tmp_path: Path) -> None:
    found = run("--requests", "-", cwd=tmp_path, given="\n".join(map(json.dumps, REQUESTS)))
    assert found.returncode == 0, found.stderr
    first, second, third = map(json.loads, found.stdout.splitlines())
    assert set(first["phases"]) == {"prefill", "decode", "inference", "training_step"}
    assert second["error"]["kind"] == "UsageError"
    assert third["phases"]["decode"]["accelerators"] == 2
    assert found.stderr.count("loading tiny-gpt") == 1


def test_options_ask_for_one(tmp_path: Path) -> None:
    found = run(
        "tiny-gpt", "--hardware", "l4", "--batch", "2", "--prompt-tokens", "32",
        "--output-tokens", "16", "--json", cwd=tmp_path,
    )  # fmt: skip
    document = json.loads(found.stdout)
    assert document["asked"]["batch_size"] == 2
    assert {"low", "expected", "high"} <= set(document["phases"]["decode"]["time_s"])
    assert {"before", "after"} <= set(document)


def test_neither_model_nor_requests_is_a_usage_error(tmp_path: Path) -> None:
    found = run("--hardware", "l4", cwd=tmp_path)
    assert found.returncode == 2
    assert "--requests" in found.stderr
