"""The kernels as plain Python: the same tests with `NUMBA_DISABLE_JIT=1`, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SLOW = "twice or clock"
"""Left out here: they take a minute in plain Python and differ from the others only in how much they try."""


def test_all_kernels_pass_their_tests_uncompiled() -> None:
    """Issue: 'tested both compiled and as plain Python (NUMBA_DISABLE_JIT=1)'."""
    files = sorted(
        str(path) for path in HERE.glob("test_*.py") if path.name not in (Path(__file__).name, "test_gil.py")
    )
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", f"not ({SLOW})", *files]
    result = subprocess.run(
        command,
        cwd=HERE.parent.parent,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-4000:]
