"""How kernels are compiled, and the size of the tables they work on."""

from __future__ import annotations

import subprocess
import sys

from mixminus.engine import compiled, layout
from mixminus.engine.rtp import unwrap

LOAD = "from mixminus.engine.engine import Engine\nEngine(8).compile(print)"


def test_the_plain_function_behind_a_kernel_can_be_had() -> None:
    """Kernels are tested both compiled and plain."""
    assert compiled.plain(unwrap)(5, 7) == unwrap(5, 7) == 5


def test_another_process_loads_what_this_one_has_compiled() -> None:
    """Design: 'Compiling takes seconds once, then loads from the cache': Numba's cache must work across processes."""
    for _ in range(2):
        result = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == ["media engine ready"]


def test_a_port_takes_little_memory() -> None:
    """Issue: 'memory for each participant <= 0.1 MB'; the engine's share is a third of it."""
    assert layout.dtype(layout.Port).itemsize < 40_000
