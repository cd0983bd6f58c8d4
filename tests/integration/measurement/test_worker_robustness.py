"""What user code may do to a worker, and what must come of it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from advisor.errors import MeasurementError, ModelError, UsageError
from advisor.measurement.process import run_measurement, run_profile
from advisor.measurement.protocol import Failed, decode_message
from advisor.measurement.result import MeasurementRequest, ModelRequest
from tests.integration.measurement.conftest import WriteModel
from tests.integration.measurement.workers import ROOT, measurement, silent


def test_measurement_of_real_data_comes_back_whole() -> None:
    measured = run_measurement(
        MeasurementRequest(ModelRequest("digits"), ("int8-weight-only",), repeats=2), silent
    )
    assert measured.baseline.quality is not None
    assert measured.baseline.quality.per_class is not None
    assert len(measured.baseline.quality.per_class) == 10
    assert measured.variant.size_bytes < measured.baseline.size_bytes


def test_profile_crosses_the_pipe(write_model: WriteModel) -> None:
    reference = write_model("def build(): return Mlp(), INPUTS")
    profile = run_profile(ModelRequest(reference), silent)
    assert profile.reference == reference
    assert profile.multiply_adds == 4 * (256 * 512 + 512 * 10)


def test_error_of_the_model_keeps_its_kind_and_words(write_model: WriteModel) -> None:
    reference = write_model("def build(): raise ValueError('no [/checkpoint] here')")
    with pytest.raises(ModelError, match=r"ValueError: no \[/checkpoint\] here .*toy_model\.py:15"):
        run_measurement(measurement(reference), silent)


def test_what_a_model_prints_does_not_reach_the_protocol(write_model: WriteModel) -> None:
    reference = write_model(
        """
        print('{"type": "Failed", "body": {}}', flush=True)
        os.write(1, b"raw bytes \\xff\\n")
        libc = ctypes.CDLL(None)
        libc.puts(b"from C")
        libc.fflush(None)
        subprocess.run(["echo", "from a child"])
        assert sys.stdin.read() == ""  # and what it reads is empty, it does not wait

        def build():
            print("building", file=sys.stdout, flush=True)
            os.write(1, b"x" * 300_000)
            return Mlp(), INPUTS
        """
    )
    assert run_measurement(measurement(reference), silent).baseline.latency_s.median > 0


@pytest.mark.parametrize(
    ("action", "cause"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "killed by SIGKILL: probably out of memory"),
        ("ctypes.string_at(0)", "killed by SIGSEGV"),
        ("os._exit(7)", "exit code 7"),
    ],
)
def test_worker_that_dies_says_why_with_its_last_words(
    write_model: WriteModel, action: str, cause: str
) -> None:
    reference = write_model(f"def build(): os.write(2, b'last [words]\\n'); {action}")
    with pytest.raises(MeasurementError, match=f"(?s){cause}.*last \\[words\\]") as error:
        run_profile(ModelRequest(reference), silent)
    assert error.value.exit_code == 3


def test_model_that_leaves_the_process_is_a_failure_not_an_end(write_model: WriteModel) -> None:
    reference = write_model(
        """
        class Leaving(Mlp):
            def forward(self, inputs):
                sys.exit("gone")

        def build(): return Leaving(), INPUTS
        """
    )
    with pytest.raises(MeasurementError, match="SystemExit: gone"):
        run_measurement(measurement(reference), silent)


def test_lack_of_memory_is_named(write_model: WriteModel) -> None:
    reference = write_model("def build(): torch.empty(2**60); return Mlp(), INPUTS")
    with pytest.raises(MeasurementError, match="out of memory"):
        run_profile(ModelRequest(reference), silent)


def test_worker_that_dies_while_its_copy_holds_the_pipe_is_noticed(
    write_model: WriteModel,
) -> None:
    reference = write_model(
        """
        def build():
            if os.fork() == 0:
                os.setsid()  # out of reach of the group
                time.sleep(8)
                os._exit(0)
            os._exit(7)
        """
    )
    began = time.monotonic()
    with pytest.raises(MeasurementError, match="exit code 7"):
        run_profile(ModelRequest(reference), silent)
    assert time.monotonic() - began < 7.5


def test_worker_by_hand_tells_what_is_wrong_with_a_request() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "advisor.measurement.worker"],
        input=b"measure this\n",
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    failed = decode_message(ended.stdout)
    assert isinstance(failed, Failed)
    assert failed.kind == "UsageError"
    assert "measure this" in failed.message


def test_current_folder_does_not_stand_in_for_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "random.py").write_text("raise RuntimeError('not the library')")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="unknown model"):
        run_profile(ModelRequest("no-such-model"), silent)


def test_the_parent_loads_no_torch() -> None:
    script = "import sys, advisor.measurement.process; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", script], cwd=ROOT, text=True).split()
    assert {"torch", "textual", "transformers", "pynvml", "psutil"}.isdisjoint(loaded)
