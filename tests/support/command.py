"""The command line in this process: a new one takes the better part of a second to begin."""

from __future__ import annotations

import io
import json
import os
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from advisor.__main__ import open_screen
from advisor.cli.main import run


def advisor(*words: str, cwd: Path) -> CompletedProcess[str]:
    """What `advisor` with these words, run in `cwd`, returns and prints."""
    out, err, before = io.StringIO(), io.StringIO(), Path.cwd()
    os.chdir(cwd)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = run(words, open_screen)
    except SystemExit as end:  # argparse ends so
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os.chdir(before)
    return CompletedProcess(words, code, out.getvalue(), err.getvalue())


def document(*words: str, cwd: Path) -> Any:
    ran = advisor(*words, cwd=cwd)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
