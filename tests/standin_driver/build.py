"""Build the stand-in for NVIDIA's management library, and the environment that loads it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("nvml.c")
LIBRARY = "libnvidia-ml.so.1"


@dataclass(frozen=True)
class StandinDriver:
    """A folder that holds the built library."""

    folder: Path

    def environment(
        self, scenario: str = "two", *, after: int = 2, hang_s: int = 3600
    ) -> dict[str, str]:
        """Return the environment of a process that is to see `scenario` as its driver.

        `after` is the number of readings before a GPU is lost, hangs or is unloaded. The
        scenarios are described in `nvml.c`.
        """
        paths = [str(self.folder), os.environ.get("LD_LIBRARY_PATH", "")]
        return {
            **os.environ,
            "LD_LIBRARY_PATH": os.pathsep.join(path for path in paths if path),
            "STANDIN_NVML_SCENARIO": scenario,
            "STANDIN_NVML_AFTER": str(after),
            "STANDIN_NVML_HANG_S": str(hang_s),
        }


def compiler() -> str | None:
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def build(folder: Path) -> StandinDriver:
    """Compile into `folder`. Raises FileNotFoundError where there is no C compiler."""
    command = compiler()
    if command is None:
        raise FileNotFoundError("the stand-in driver needs a C compiler: cc, gcc or clang")
    flags = ["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", f"-Wl,-soname,{LIBRARY}"]
    output = folder / LIBRARY
    subprocess.run([command, *flags, "-o", str(output), str(SOURCE)], check=True)
    return StandinDriver(folder)
