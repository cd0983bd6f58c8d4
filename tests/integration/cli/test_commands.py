"""The commands as a user runs them, on real models."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import advisor, document

MODEL = """
import torch

def build():
    torch.manual_seed(0)
    module = torch.nn.Sequential(
        torch.nn.Linear(256, 512), torch.nn.ReLU(), torch.nn.Linear(512, 10)
    )
    return module, torch.randn(4, 256)

def raises():
    raise RuntimeError("no checkpoint at s3://nowhere")

def mismatched():
    return torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.Linear(9, 4)), torch.randn(2, 8)

def noisy():
    import os
    print("from python")
    os.write(1, b"from below python")
    return build()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(MODEL)
    return tmp_path


def process(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own, whose streams nothing but the command may write to."""
    return subprocess.run(
        [sys.executable, "-m", "advisor", *arguments],
        cwd=cwd, capture_output=True, text=True, timeout=120, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_profile_has_its_published_keys(folder: Path) -> None:
    found = document("profile", "mine.py:build", "--json", cwd=folder)
    assert found["parameters"] == found["active_parameters"] == 256 * 512 + 512 + 512 * 10 + 10
    assert found["multiply_adds"] == 4 * (256 * 512 + 512 * 10)
    assert found["flops"] == 2 * found["multiply_adds"]
    assert found["weights_bytes"] == 4 * found["parameters"]
    assert found["training_peak_bytes"] > found["inference_peak_bytes"] > found["weights_bytes"]
    assert found["counted_by"] == "fvcore"
    assert {"uncounted_operators", "elapsed_s"} <= set(found)


def test_audit_of_70_billion_parameters_without_weights(tmp_path: Path) -> None:
    found = document("audit", "llama-3.1-70b", "--hardware", "h100-sxm", "--json", cwd=tmp_path)
    assert found["model"]["parameters"] == 70_553_706_496
    for when in ("before", "after", "after_plan"):
        costs = found["costs"][when]
        assert {"hardware", "data", "human", "training_and_deployment"} <= set(costs)
    assert found["costs"]["before"]["training_and_deployment"]["expected"] > 0
    assert isinstance(found["steps"], list)


def test_switching_on_moves_the_costs(folder: Path) -> None:
    plain, switched = (
        document("project", "mine.py:build", *chosen, "--json", cwd=folder)["after"]
        for chosen in ([], ["--with", "int8-dynamic"])
    )
    assert plain["latency_s"] != switched["latency_s"]
    assert plain["bill"] != switched["bill"]


def test_one_figure_of_the_workload_can_be_overridden(folder: Path) -> None:
    few, many = (
        document(
            "project", "mine.py:build", "--hardware", "l4", "--set", "serving.batch_size=1",
            "--set", f"serving.requests_per_month={demand}", "--json", cwd=folder,
        )["after"]["serving_accelerators"]["expected"]
        for demand in ("1e6", "1e13")
    )  # fmt: skip
    assert many > few


def test_measure_runs_and_reports_the_error_of_the_projection(folder: Path) -> None:
    ran = process(
        "measure", "mine.py:noisy", "--with", "int8-dynamic", "--repeats", "5", "--json", cwd=folder
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    measured = found["measurement"]
    assert measured["variant"]["size_bytes"] < 0.5 * measured["baseline"]["size_bytes"]
    assert measured["fidelity"]["values"]["relative error"] < 0.1
    error = found["projected_s"]["expected"] / measured["variant"]["latency_s"]["median"] - 1
    assert found["latency_error"] == pytest.approx(error)


@pytest.mark.parametrize("name", ["json", "markdown"])
def test_audit_writes_a_file_and_refuses_to_overwrite_it(folder: Path, name: str) -> None:
    arguments = ("audit", "mine.py:build", "--format", name, "--output", "plan")
    assert advisor(*arguments, cwd=folder).returncode == 0
    before = (folder / "plan").read_bytes()
    again = advisor(*arguments, cwd=folder)
    assert again.returncode == 3
    assert "plan exists" in again.stderr
    assert "running the model" not in again.stderr, "it is refused before anybody waits"
    assert (folder / "plan").read_bytes() == before


def test_a_full_disk_leaves_nothing_behind(folder: Path) -> None:
    command = f"ulimit -f 1; exec {sys.executable} -m advisor audit mine.py:build --output plan.md"
    ran = subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 3, ran.stderr
    assert "plan.md was not written" in ran.stderr
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == ["mine.py"]


REFUSED = [
    (("audit", "gone.py:build"), 2, ["gone.py"]),
    (("audit", "mine.py:nothing"), 2, ["nothing", "build"]),
    (("audit", "mine.py:mismatched"), 1, ["Linear", "'1'", "2, 8"]),
    (("audit", "notamodel"), 2, ["config.json"]),
    (("audit", "digit"), 2, ["Did you mean 'digits'"]),
    (("audit", "digits", "--hardware", "h100"), 2, ["unknown hardware 'h100'", "h100-sxm"]),
    (("audit", "digits", "--with", "int8"), 2, ["unknown strategy 'int8'", "int8-dynamic"]),
    (("audit", "digits", "--workload", "chat"), 2, ["unknown workload 'chat'", "chat-serving"]),
    (("audit", "digits", "--format", "pdf"), 2, ["unknown export format 'pdf'", "json, markdown"]),
    (("audit", "digits", "--set", "serving.tokens=1"), 2, ["serving.tokens", "prompt_tokens"]),
    (("audit", "digits", "--set", "serving.batch_size=0"), 2, ["serving.batch_size", ">= 1"]),
    (("measure", "digits", "--with", "fsdp"), 2, ["fsdp", "needs 2 or more GPUs"]),
    (("measure", "qwen3-0.6b"), 1, ["weights"]),
    (("explain", "int8-dynamics"), 2, ["Did you mean 'int8-dynamic'"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "said"), REFUSED, ids=lambda value: " ".join(map(str, value))
    if isinstance(value, tuple) else None,
)  # fmt: skip
def test_bad_input_names_the_value_and_the_choices(
    folder: Path, arguments: tuple[str, ...], code: int, said: list[str]
) -> None:
    (folder / "notamodel").mkdir()
    (folder / "notamodel" / "config.json").write_text('{"colour": "blue"}')
    ran = advisor(*arguments, cwd=folder)
    assert ran.returncode == code, ran.stderr
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr
    for text in said:
        assert text in ran.stderr


def test_a_refusal_is_all_that_a_process_prints(folder: Path) -> None:
    ran = process("audit", "mine.py:raises", cwd=folder)
    assert ran.returncode == 1, ran.stderr
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr
    for text in ("RuntimeError", "no checkpoint at s3://nowhere", "mine.py"):
        assert text in ran.stderr


def test_no_terminal_is_refused_with_a_hint(tmp_path: Path) -> None:
    ran = process("digits", cwd=tmp_path)
    assert ran.returncode == 2
    assert "advisor audit digits" in ran.stderr
    assert "\x1b" not in ran.stdout + ran.stderr


def test_a_listing_is_valid_json(tmp_path: Path) -> None:
    for name in ("strategies", "rules", "hardware", "workloads", "organizations", "models"):
        assert document(name, "--json", cwd=tmp_path)
