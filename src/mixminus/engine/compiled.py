"""How kernels are compiled: typed decorators over Numba, and a cache that notices an edit in any engine file.

Under `NUMBA_DISABLE_JIT=1` every kernel is the plain Python function it was written as, with the same results.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba

from .lean import LeanCompiler

P = ParamSpec("P")
R = TypeVar("R")

PACKAGE = Path(__file__).parent
FINGERPRINT_LENGTH = 12
"""Hex digits of the source fingerprint in the cache's path: enough that two versions never meet."""


APART = os.environ.get("MIXMINUS_KERNELS") == "apart"
"""Whether every kernel can be called from Python: for tests and for trying things out. It takes longer to compile."""


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function over arrays so that it runs without the interpreter, with exact IEEE arithmetic.

    It may not allocate, and may return numbers only. Other kernels call it; Python can only if kernels are `APART`.
    """
    return _compile(function)


def fast_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile like `kernel`, but let sums of floats be reordered, which lets them use vector instructions.

    For kernels whose inputs are finite; the result may differ from plain Python in the last bits.
    """
    return _compile(function, fastmath={"reassoc", "contract", "nsz", "arcp"})


def slicing_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile like `kernel`, for one that returns a part of an array: it becomes a part of its callers."""
    return _compile(function, inline="always")


def lending_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile like `kernel`, for one that returns an array of its own making."""
    return _compile(function, _nrt=True)


def entry_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile like `kernel`, for one that Python calls; it is kept in the cache with all the kernels in it."""
    return _compile(function, lean=False)


def plain(function: Callable[P, R]) -> Callable[P, R]:
    """Return the Python function behind a kernel (kernels that it calls stay compiled)."""
    return cast("Callable[P, R]", getattr(function, "py_func", function))


def is_cached() -> bool:
    """Tell whether kernels of this version have been compiled before."""
    return any(Path(CACHE).rglob("loop.run-*.nbi"))


def fingerprint() -> str:
    """Return a hash of every source file of the engine.

    Numba's cache compares only the file that holds a function, and would go on using an old copy of a kernel that
    was inlined from another file.
    """
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:FINGERPRINT_LENGTH]


def _compile(function: Callable[P, R], *, lean: bool = not APART, **options: object) -> Callable[P, R]:
    # The numpy error model leaves out checks for division by zero, which would keep loops from being vectorised.
    # Kernels allocate nothing, so they need no reference counts (`_nrt`), which cost 30 ns for each slice of an
    # array and much of the compile.
    common = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True, "_nrt": False}
    if lean:
        return _jit(function, {**common, "pipeline_class": LeanCompiler, "no_cpython_wrapper": True, **options})
    settings = vars(numba.config)
    before = settings["CACHE_DIR"]
    settings["CACHE_DIR"] = CACHE
    try:
        return _jit(function, {**common, "cache": True, **options})
    finally:
        settings["CACHE_DIR"] = before


def _jit(function: Callable[P, R], options: dict[str, object]) -> Callable[P, R]:
    # Numba's own types know neither all of these options nor the type of what it returns.
    njit = cast("Callable[..., Callable[[Callable[P, R]], Callable[P, R]]]", numba.njit)
    return njit(**options)(function)


def _cache_directory() -> str:
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    beside = PACKAGE / "__pycache__"
    writable = os.access(beside if beside.exists() else PACKAGE, os.W_OK)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mixminus"
    base = Path(chosen) if chosen else beside if writable else home
    return str(base / f"kernels-{fingerprint()}")


CACHE = _cache_directory()
